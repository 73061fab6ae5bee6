// Package foldtable computes the table by which package token folds letters.
// Only the generator and the test that guards its output use it: it needs the
// normalisation tables of x/text, which the program itself can do without.
package foldtable

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The classes of characters. An entry of the table is the class in the high
// byte and, below it, the distance from the character to its folded form.
const (
	Separator = iota
	Letter
	Digit
	Single // a token of its own: Han, kana, Hangul
	Mark   // a combining mark: belongs to its letter and is not compared
	Format // zero width, bidirectional, soft hyphen, tatweel: as if it were not there
	Expand // folds to two letters or more; the distance is an index into Expansions
)

// Expansions are the letters that fold to several, each followed by its folded form.
// Package token holds the same list.
var Expansions = []string{
	"ßss", "ẞss", "æae", "Æae", "œoe", "Œoe", "þth", "Þth", "ĳij", "Ĳij", "ǆdz", "ǅdz", "Ǆdz",
	"ǉlj", "ǈlj", "Ǉlj", "ǌnj", "ǋnj", "Ǌnj", "ﬀff", "ﬁfi", "ﬂfl", "ﬃffi", "ﬄffl", "ﬅst", "ﬆst",
	"Ⅱii", "Ⅲiii", "Ⅳiv", "Ⅵvi", "Ⅶvii", "Ⅷviii", "Ⅸix", "Ⅺxi", "Ⅻxii", "ⅱii", "ⅲiii", "ⅳiv", "ⅵvi", "ⅶvii", "ⅷviii", "ⅸix",
	"ﻻلا", "ﻼلا", "ﻷلا", "ﻸلا", "ﻹلا", "ﻺلا", "ﻵلا", "ﻶلا",
}

// single letters that normalisation leaves alone: what we read, then as what.
const singles = "łl Łl øo Øo đd Đd ıi ðd Ðd ħh Ħh ŧt Ŧt ŋn Ŋn ſs ƒf ×x Ⅰi Ⅴv Ⅹx ⅰi ⅴv ⅹx " +
	"ىي یي ېي ةه ەه ہه ھه ۀه ۂه کك گغ چغ ڭك پب ڤف ٱا ٲا ٳا ٵا ژز ڨق ۇو ۆو ۈو ۋو ںن ڕر ڵل " +
	"ґг Ґг ѓг Ѓг ќк Ќк ўу Ўу ҐГ"

// traditional Han characters that names of weapons use, with the simplified
// ones of the catalogue.
const traditional = "號号 導导 彈弹 飛飞 機机 戰战 車车 艦舰 龍龙 紅红 東东 風风 鷹鹰 鷂鹞 衛卫 標标 槍枪 錢钱 無无 聲声 " +
	"殲歼 轟轰 運运 輪轮 鋒锋 鐵铁 劍剑 電电 雷雷 達达 坦坦 裝装 輕轻 護护 驅驱 級级 級级 響响 擊击 毀毁 滅灭 獵猎 鯊鲨 鯨鲸 " +
	"鷲鹫 鴿鸽 隼隼 魚鱼 馬马 鳥鸟 豹豹 颶飓 霹雳 靂雳 長长 巨巨 鷗鸥 彈弹 噸吨 門门 間间 陸陆 對对 銳锐 鋭锐 錘锤 鏈链 鑽钻 " +
	"愛爱 國国 遠远 薩萨 爾尔 蘭兰 羅罗 維维 納纳 諾诺 魯鲁 烏乌 華华 萊莱 麥麦 亞亚 歐欧 倫伦 賽赛 蘇苏 謝谢 邁迈 約约 騎骑 " +
	"聖圣 鬥斗 戲戏 極极 閃闪 黃黄 獅狮 貓猫 貍狸 蠍蝎 錳锰 鋼钢 標标 魷鱿 閘闸 軍军 輛辆 場场 陣阵 爍烁 緬缅 寧宁 頭头 葉叶 " +
	"箭箭 彎弯 刀刀 復复 複复 單单 雙双 製制 製制 準准 術术 爐炉 燒烧 氣气 磷磷 雲云 雪雪 貝贝 魔魔 蜂蜂 鳳凤 鵬鹏 鴻鸿 鶴鹤 " +
	"灣湾 濱滨 榮荣 蓋盖 鎧铠 隱隐 輻辐 屬属 類类 勢势 奧奥 爺爷 種种 製制 經经 緯纬 織织 綫线 線线 總总 縱纵 纖纤 從从 備备 觸触 " +
	"陰阴 針针 樹树 鋯锆 見见 證证 颱台 賓宾 聯联 獄狱 潛潜 砲炮 爾尔 貴贵 熱热 壓压 協协 訊讯 衝冲 靈灵 鴨鸭 寬宽 喬乔 澤泽 廣广 離离 殘残 誘诱 環环 義义"

// Build gives the table: 256 page numbers of the Basic Multilingual Plane, then
// the pages, 256 little-endian uint32 each. Pages that are alike stand once.
func Build() []byte {
	special := specials()
	index := make([]byte, 256)
	seen := map[string]byte{}
	var pages []byte
	for p := range 256 {
		page := make([]byte, 0, 1024)
		for c := range 256 {
			r := rune(p<<8 | c)
			class, to := Classify(r)
			if s, ok := special[r]; ok {
				class, to = Letter, s
				if unicode.Is(unicode.Han, r) {
					class = Single
				}
			}
			delta := uint32(to-r) & 0x1fffff
			if class == Expand {
				delta = uint32(to)
			}
			page = binary.LittleEndian.AppendUint32(page, uint32(class)<<24|delta)
		}
		n, ok := seen[string(page)]
		if !ok {
			n = byte(len(seen))
			seen[string(page)] = n
			pages = append(pages, page...)
		}
		index[p] = n
	}
	return slices.Concat(index, pages)
}

func specials() map[rune]rune {
	out := map[rune]rune{}
	for pair := range strings.FieldsSeq(singles + " " + traditional) {
		r := []rune(pair)
		out[r[0]] = unicode.ToLower(r[1])
	}
	return out
}

// Classify gives the class of a character and its folded form, an index into
// Expansions for Expand.
func Classify(r rune) (class int, to rune) {
	switch {
	case r == 0x0640, r == 0x034F, r >= 0xFE00 && r <= 0xFE0F, r == 0x061C, r == 0xFEFF, unicode.Is(unicode.Cf, r):
		return Format, r
	case r >= 0x02B0 && r <= 0x02FF, r == 'ª', r == 'º', unicode.Is(unicode.No, r):
		return Separator, r
	case unicode.Is(unicode.Nd, r):
		return Digit, '0' + digit(r)
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) && unicode.In(r, unicode.L, unicode.Nl):
		return Single, first(norm.NFKC, r)
	case unicode.IsMark(r):
		if r >= 0x0900 && r < 0x1000 || unicode.Is(unicode.Mc, r) {
			return Letter, r // the vowels of Indic scripts
		}
		return Mark, r
	case !unicode.IsLetter(r) && !unicode.Is(unicode.Nl, r):
		return Separator, r
	}
	to = letter(r)
	for i, e := range Expansions {
		if strings.HasPrefix(e, string(r)) || strings.HasPrefix(e, string(to)) {
			return Expand, rune(i)
		}
	}
	return Letter, to
}

// letter folds case and takes accents off.
func letter(r rune) rune {
	if r >= 0x0900 && r < 0x1000 {
		return r
	}
	r = unicode.ToLower(first(norm.NFKD, r))
	if special, ok := specials()[r]; ok {
		return special
	}
	return r
}

// first is the first character of the normalised form.
func first(f norm.Form, r rune) rune {
	for _, r = range f.String(string(r)) {
		break
	}
	return r
}

func digit(r rune) rune {
	n := rune(0)
	for unicode.Is(unicode.Nd, r-n-1) && n < 9 {
		n++
	}
	// Blocks of digits may touch: count from a multiple that holds a zero.
	if full := norm.NFKC.String(string(r)); len(full) == 1 {
		return rune(full[0] - '0')
	}
	return n % 10
}
