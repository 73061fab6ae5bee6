package date

import (
	"strings"
	"time"
	"unicode/utf8"
)

// monthNames are the names of the months, whole or cut, in lower case: English,
// German, French, Spanish, Portuguese, Italian, Dutch, Swedish, Danish,
// Norwegian, Finnish, Polish, Czech, Romanian, Hungarian, Turkish, Russian,
// Ukrainian, Greek, Indonesian and Arabic.
var monthNames = [12]string{
	"january jänner januar janvier enero janeiro gennaio januari tammikuu tammikuuta styczeń stycznia leden ledna ianuarie január ocak январь января січень січня ιανουάριος ιανουαρίου يناير jan ene gen sty led oca янв січ ιαν janv كانون-الثاني jän",
	"february februar feber février febrero fevereiro febbraio februari helmikuu helmikuuta luty lutego únor února februarie február şubat февраль февраля лютий лютого φεβρουάριος φεβρουαρίου فبراير feb fév févr fev lut úno şub фев февр лют φεβ شباط",
	"march märz mars marzo março maart maaliskuu maaliskuuta marzec marca březen března martie március mart март марта березень березня μάρτιος μαρτίου مارس mar mär mrz mrt maret бер μάρ آذار",
	"april avril abril aprile huhtikuu huhtikuuta kwiecień kwietnia duben dubna aprilie április nisan апрель апреля квітень квітня απρίλιος απριλίου أبريل ابريل apr avr abr kwi dub nis апр квіт απρ نيسان",
	"may mai mayo maio maggio mei maj toukokuu toukokuuta maja květen května május mayıs май мая травень травня μάιος μαΐου μαίου مايو mag máj kvě трав μάι أيار",
	"june juni juin junio junho giugno kesäkuu kesäkuuta czerwiec czerwca červen června iunie június haziran июнь июня червень червня ιούνιος ιουνίου يونيو jun giu cze haz июн черв ιούν ιουν iun jún حزيران",
	"july juli juillet julio julho luglio heinäkuu heinäkuuta lipiec lipca červenec července iulie július temmuz июль июля липень липня ιούλιος ιουλίου يوليو jul juil lug lip tem июл лип ιούλ ιουλ iul júl تموز",
	"august août aout agosto augustus augusti elokuu elokuuta sierpień sierpnia srpen srpna augusztus ağustos август августа серпень серпня αύγουστος αυγούστου أغسطس اغسطس aug ago sie srp ağu авг серп αύγ agustus آب",
	"september septembre septiembre setiembre setembro settembre syyskuu syyskuuta wrzesień września září septembrie szeptember eylül сентябрь сентября вересень вересня σεπτέμβριος σεπτεμβρίου سبتمبر sep sept set sett wrz zář eyl сен сент вер σεπ szept أيلول",
	"october oktober octobre octubre outubro ottobre lokakuu lokakuuta październik października říjen října octombrie október ekim октябрь октября жовтень жовтня οκτώβριος οκτωβρίου أكتوبر اكتوبر oct okt out ott paź říj eki окт жовт οκτ",
	"november novembre noviembre novembro marraskuu marraskuuta listopad listopada listopadu noiembrie kasım ноябрь ноября листопада νοέμβριος νοεμβρίου نوفمبر nov noi kas нояб ноя лист νοέ nopember",
	"december dezember décembre decembre diciembre dezembro dicembre joulukuu joulukuuta grudzień grudnia prosinec prosince decembrie aralık декабрь декабря грудень грудня δεκέμβριος δεκεμβρίου ديسمبر dec dez déc dic gru pro ara дек груд δεκ desember dis des",
}

var monthOf = func() map[string]time.Month {
	of := map[string]time.Month{}
	for m, names := range monthNames {
		for name := range strings.FieldsSeq(names) {
			if _, taken := of[name]; !taken {
				of[name] = time.Month(m + 1)
			}
		}
	}
	return of
}()

// month is the month a word names; 0 for none.
func month(word string) time.Month { return monthOf[word] }

// weekday says whether a word names a day of the week in a common language.
func weekday(word string) bool {
	const days = " mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday" +
		" montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so" +
		" lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo" +
		" segunda terça quarta quinta sexta feira lunedì martedì mercoledì giovedì venerdì sabato domenica" +
		" maandag dinsdag woensdag donderdag vrijdag zaterdag zondag понедельник вторник среда четверг пятница суббота воскресенье" +
		" poniedziałek wtorek środa czwartek piątek sobota niedziela pazartesi salı çarşamba perşembe cuma cumartesi pazar "
	return utf8.RuneCountInString(word) >= 2 && strings.Contains(days, " "+word+" ")
}
