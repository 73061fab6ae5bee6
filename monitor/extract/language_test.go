package extract

import (
	"testing"

	"github.com/abadojack/whatlanggo"
)

func TestLanguage(t *testing.T) {
	for want, text := range map[string]string{
		"en": "The council met on Tuesday to hear what the county would pay for, and members asked how long the work would take.",
		"de": "Der Rat trat am Dienstag zusammen, um zu hören, was der Kreis bezahlen würde, und die Mitglieder fragten nach den Kosten für die Brücke.",
		"fr": "Les conseillers se sont réunis mardi pour savoir ce que le département paierait, et les membres ont demandé des chiffres sur la durée des travaux.",
		"es": "El consejo se reunió el martes para saber lo que pagaría la provincia, y los miembros preguntaron por las obras y por su precio.",
		"nl": "De raad kwam dinsdag bijeen om te horen wat de provincie zou betalen en de leden vroegen hoe lang het werk aan de brug zou duren.",
		"da": "Rådet mødtes tirsdag for at høre, hvad amtet ville betale for, og medlemmerne spurgte, hvor længe arbejdet på den nordlige vej ville vare.",
		"pt": "O conselho reuniu-se na terça-feira para saber o que o distrito pagaria, e os membros perguntaram quanto tempo as obras da ponte levariam.",
		"it": "Il consiglio si è riunito martedì per sapere che cosa avrebbe pagato la provincia, e i membri hanno chiesto quanto sarebbero durati i lavori.",
		"ca": "El consell es va reunir dimarts per saber què pagaria la província, i els membres van preguntar quant de temps durarien les obres del pont.",
		"ru": "Совет собрался во вторник, чтобы узнать, за что заплатит округ, и члены совета спросили, сколько времени займут работы на северной дороге. Учитель рассказал, что две школы делят один автобус, и что остальных детей возят родители.",
		"ar": "اجتمع المجلس يوم الثلاثاء ليسمع ما الذي ستدفعه المقاطعة، وسأل الأعضاء كم من الوقت سيستغرق العمل في الطريق الشمالي.",
		"":   "F-16 M1A1",
	} {
		if got := Language(text); got != want && (want != "ca" || got == "es") {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func BenchmarkLanguage(b *testing.B) {
	text := "The council met on Tuesday to hear what the county would pay for. Members asked how long the work on the northern road would take."
	b.Run("little words", func(b *testing.B) {
		for b.Loop() {
			Language(text)
		}
	})
	b.Run("trigrams", func(b *testing.B) {
		for b.Loop() {
			whatlanggo.Detect(text)
		}
	})
}
