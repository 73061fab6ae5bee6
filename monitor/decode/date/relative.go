package date

import (
	"strings"
	"time"
)

// relative reads "3 hours ago", "vor 2 Tagen", "il y a 5 minutes", "hace 1
// hora", "yesterday" as counted from now.
func (r *reader) relative() (time.Time, bool) {
	if r.o.Now.IsZero() || len(r.tokens) > 8 {
		return time.Time{}, false
	}
	ago := false
	for i, t := range r.tokens {
		if t.word("ago", "vor", "hace", "fa", "geleden", "назад", "temu", "önce", "sedan", "siden", "há", "前", "전") ||
			t.word("a") && r.tok(i-1).word("y") {
			ago = true
		}
		if d, ok := nearDay(t.text); ok && t.kind == 'w' {
			return startOfDay(r.o.Now.In(r.o.zone()).AddDate(0, 0, d)), true
		}
	}
	if !ago {
		return time.Time{}, false
	}
	for i, t := range r.tokens {
		var n int
		switch {
		case t.kind == 'n':
			n = t.value
		case t.word("a", "an", "one", "une", "un", "una", "einer", "einem"):
			n = 1
		default:
			continue
		}
		if d := unit(r.tok(i + 1).text); d > 0 && n <= 1000 {
			return r.o.Now.Add(-time.Duration(n) * d).Truncate(time.Minute), true
		}
	}
	return time.Time{}, false
}

func nearDay(word string) (int, bool) {
	switch word {
	case "today", "heute", "hoy", "oggi", "hoje", "vandaag", "сегодня", "dzisiaj", "bugün", "idag":
		return 0, true
	case "yesterday", "gestern", "hier", "ayer", "ieri", "ontem", "gisteren", "вчера", "wczoraj", "dün", "igår":
		return -1, true
	}
	return 0, false
}

func startOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// unit is the span a word stands for; 0 for none.
func unit(word string) time.Duration {
	const day = 24 * time.Hour
	for _, u := range []struct {
		span  time.Duration
		words string
	}{
		{time.Second, "second seconds sec secs sekunden secondes segundos секунд"},
		{time.Minute, "minute minutes min mins minuten minutos minuti minuto minuut минут минуты минуту m dakika 分"},
		{time.Hour, "hour hours hr hrs stunde stunden heure heures hora horas ora ore uur час часа часов h saat godzin"},
		{day, "day days tag tagen jour jours día días giorno giorni dag dagen день дня дней d gün dni dia dias 日"},
		{7 * day, "week weeks woche wochen semaine semaines semana semanas settimana settimane weken неделю недели"},
		{30 * day, "month months monat monaten mois mes meses mese mesi maand maanden месяц месяца месяцев"},
	} {
		if strings.Contains(" "+u.words+" ", " "+word+" ") && word != "" {
			return u.span
		}
	}
	return 0
}
