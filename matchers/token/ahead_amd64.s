#include "go_asm.h"
#include "textflag.h"

// readAhead is scanner.block in AVX2 and BMI for many blocks, with the words of
// letters of two bytes that hashTwos knows. The tests compare it with block on all
// they have; what it cannot do it leaves to mend. It reads no byte beyond last+80.

// Bytes that classes are told by: what makes letters small, the first letter and
// the place of the last behind it, the same of digits, the ampersand; and of the
// punctuation beyond ASCII: U+2010 to U+2027, the no-break space and guillemets.
DATA bytes<>+0(SB)/1, $0x20
DATA bytes<>+1(SB)/1, $'a'
DATA bytes<>+2(SB)/1, $25
DATA bytes<>+3(SB)/1, $'0'
DATA bytes<>+4(SB)/1, $9
DATA bytes<>+5(SB)/1, $'&'
DATA bytes<>+6(SB)/1, $0xE2
DATA bytes<>+7(SB)/1, $0x80
DATA bytes<>+8(SB)/1, $0x90
DATA bytes<>+9(SB)/1, $0x17
DATA bytes<>+10(SB)/1, $0xC2
DATA bytes<>+11(SB)/1, $0xA0
DATA bytes<>+12(SB)/1, $0xAB
DATA bytes<>+13(SB)/1, $0xBB
GLOBL bytes<>(SB), RODATA|NOPTR, $14

// mix0 and mix1.
DATA mixers<>+0(SB)/8, $0xa0761d6478bd642f
DATA mixers<>+8(SB)/8, $0xe7037ed1a0b428db
GLOBL mixers<>(SB), RODATA|NOPTR, $16

#define LOWER Y8
#define FIRST_LETTER Y9
#define LETTERS Y10
#define FIRST_DIGIT Y11
#define DIGITS Y12
#define AMPERSAND Y13

#define SRC DI
#define BASE SI
#define OUT R8
#define START R9
#define KEEP R10
#define WORD R11
#define DIGIT R12

// MASK sets a bit of mask for each byte of a block, in x0 and x1, that is at most
// span behind first. It spoils Y2 to Y5 and tmp.
#define MASK(x0, x1, first, span, mask, tmp) \
	VPSUBB    first, x0, Y2 \
	VPSUBB    first, x1, Y3 \
	VPMINUB   span, Y2, Y4  \
	VPMINUB   span, Y3, Y5  \
	VPCMPEQB  Y2, Y4, Y2    \
	VPCMPEQB  Y3, Y5, Y3    \
	VPMOVMSKB Y2, mask      \
	VPMOVMSKB Y3, tmp       \
	SHLQ      $32, tmp      \
	ORQ       tmp, mask

// NEXT_START goes on to where the next run starts.
#define NEXT_START \
	TZCNTQ BX, START \
	BLSRQ  BX, BX    \
	ADDQ   BASE, START

// ASCII emits the hash of the run of AX < 16 bytes at START, and goes on to the next
// START. It spoils AX, DX and R13.
#define ASCII \
	SHLL   $4, AX                 \
	MOVQ   (SRC)(START*1), DX     \
	MOVQ   8(SRC)(START*1), R13   \
	NEXT_START                    \
	ORQ    R14, DX                \
	ORQ    R14, R13               \
	ANDQ   (KEEP)(AX*1), DX       \
	ANDQ   8(KEEP)(AX*1), R13     \
	RORXQ  $6, DX, AX             \
	NOTL   AX                     \
	ANDL   $1, AX                 \
	MIX                           \
	ANDQ   $-4, DX                \
	ORQ    AX, DX                 \
	MOVQ   DX, (OUT)

// LEAVE puts the token into the list of those without their hash, and lowers last, so
// that not much is read behind it. It spoils AX and DX.
#define LEAVE \
	MOVQ s+0(FP), AX            \
	MOVQ OUT, DX                \
	SUBQ scanner_out(AX), DX    \
	SHRQ $4, DX                 \
	MOVQ link-24(SP), AX        \
	MOVQ DX, (AX)               \
	MOVQ OUT, link-24(SP)       \
	MOVQ $-1, (OUT)             \
	LEAQ 256(BASE), AX          \
	CMPQ AX, last+16(FP)        \
	CMOVQGT last+16(FP), AX     \
	MOVQ AX, last+16(FP)

// MIX mixes DX and R13 into DX.
#define MIX \
	XORQ  mixers<>+0(SB), DX  \
	XORQ  mixers<>+8(SB), R13 \
	MULXQ R13, R13, DX        \
	XORQ  R13, DX

// LANE loads the lane of the letter at START+at. R15 is the table of them.
#define LANE(at, to) \
	MOVWLZX at(SRC)(START*1), to \
	MOVWLZX (R15)(to*2), to

// LANES loads those of four letters. It spoils R14.
#define LANES(at, to) \
	LANE(at+6, to)    \
	SHLQ $16, to      \
	LANE(at+4, R14)   \
	ORQ  R14, to      \
	SHLQ $16, to      \
	LANE(at+2, R14)   \
	ORQ  R14, to      \
	SHLQ $16, to      \
	LANE(at, R14)     \
	ORQ  R14, to

// PUNCTUATION gives the half block at BASE+at a bit for each mark of three bytes,
// and one for each of two, where first3 and first2 have their first bytes. It spoils
// Y2 to Y7.
#define PUNCTUATION(at, first3, first2, threes, twos) \
	VMOVDQU      (at+1)(SRC)(BASE*1), Y6 \
	VMOVDQU      (at+2)(SRC)(BASE*1), Y7 \
	VPBROADCASTB bytes<>+7(SB), Y3       \
	VPBROADCASTB bytes<>+8(SB), Y4       \
	VPBROADCASTB bytes<>+9(SB), Y5       \
	VPCMPEQB     Y6, Y3, Y3              \
	VPSUBB       Y4, Y7, Y7              \
	VPMINUB      Y5, Y7, Y5              \
	VPCMPEQB     Y5, Y7, Y5              \
	VPAND        Y3, Y5, Y5              \
	VPAND        first3, Y5, Y5          \
	VPMOVMSKB    Y5, threes              \
	VPBROADCASTB bytes<>+11(SB), Y2      \
	VPBROADCASTB bytes<>+12(SB), Y3      \
	VPBROADCASTB bytes<>+13(SB), Y4      \
	VPCMPEQB     Y6, Y2, Y2              \
	VPCMPEQB     Y6, Y3, Y3              \
	VPCMPEQB     Y6, Y4, Y4              \
	VPOR         Y2, Y3, Y2              \
	VPOR         Y2, Y4, Y2              \
	VPAND        first2, Y2, Y2          \
	VPMOVMSKB    Y2, twos

// func readAhead(s *scanner, base, last int) (next, bare int)
TEXT ·readAhead(SB), NOSPLIT, $80-40
	MOVQ s+0(FP), AX
	MOVQ base+8(FP), BASE
	MOVQ scanner_src(AX), SRC
	MOVQ scanner_out(AX), OUT
	MOVQ (scanner_out+8)(AX), CX
	MOVQ (scanner_out+16)(AX), DX
	SHLQ $4, CX
	SHLQ $4, DX
	LEAQ -1024(OUT)(DX*1), DX // behind it there is no room for 64 tokens
	ADDQ CX, OUT
	MOVQ DX, full-8(SP)
	MOVQ scanner_start(AX), START
	MOVQ scanner_word(AX), WORD
	MOVQ scanner_digit(AX), DIGIT
	MOVQ scanner_beyond(AX), CX
	MOVQ CX, carry-16(SP)
	SHRQ $63, WORD
	SHRQ $63, DIGIT
	LEAQ ·keep(SB), KEEP
	VPBROADCASTB bytes<>+0(SB), LOWER
	VPBROADCASTB bytes<>+1(SB), FIRST_LETTER
	VPBROADCASTB bytes<>+2(SB), LETTERS
	VPBROADCASTB bytes<>+3(SB), FIRST_DIGIT
	VPBROADCASTB bytes<>+4(SB), DIGITS
	VPBROADCASTB bytes<>+5(SB), AMPERSAND
	LEAQ bare+32(FP), AX
	MOVQ AX, link-24(SP)
	MOVQ $-1, (AX)
	MOVB $0, stop-40(SP)

block:
	CMPQ BASE, last+16(FP)
	JGT  out
	CMPQ OUT, full-8(SP)
	JHI  out
	VMOVDQU (SRC)(BASE*1), Y0
	VMOVDQU 32(SRC)(BASE*1), Y1
	VPOR    LOWER, Y0, Y6
	VPOR    LOWER, Y1, Y7
	MASK(Y6, Y7, FIRST_LETTER, LETTERS, AX, DX)
	MASK(Y0, Y1, FIRST_DIGIT, DIGITS, R13, DX)

	// DX: special bytes; the highest bit tells what is beyond ASCII.
	VPCMPEQB  Y0, AMPERSAND, Y2
	VPCMPEQB  Y1, AMPERSAND, Y3
	VPOR      Y0, Y2, Y2
	VPOR      Y1, Y3, Y3
	VPMOVMSKB Y2, CX
	VPMOVMSKB Y3, DX
	SHLQ      $32, DX
	ORQ       CX, DX
	JNZ       special

told:
	// A special byte makes a carry that leaves its run at the end.
	ORQ  DX, AX
	MOVQ AX, R14
	MOVQ carry-16(SP), CX
	NEGQ CX
	ADCQ DX, R14
	SBBQ CX, CX
	NEGQ CX
	MOVQ CX, carry-16(SP)
	ANDNQ R14, AX, R14
	MOVQ  R14, beyond-32(SP)

	// BX: where runs start. CX: where they end.
	LEAQ  (WORD)(AX*2), BX
	LEAQ  (DIGIT)(R13*2), DX
	ANDNQ BX, AX, CX
	ANDNQ AX, BX, BX
	ANDNQ DX, R13, R14
	ANDNQ R13, DX, DX
	ORQ   R14, CX
	ORQ   DX, BX
	ORQ   WORD, DIGIT // whether a run is open
	MOVQ  DIGIT, DX
	MOVQ  AX, WORD
	SHRQ  $63, WORD
	MOVQ  R13, DIGIT
	SHRQ  $63, DIGIT
	MOVQ  $0x2020202020202020, R14 // what makes letters small
	TESTQ DX, DX
	JNZ   open
	NEXT_START

open:
	TESTQ CX, CX
	JZ    next
	CMPQ  beyond-32(SP), $0
	JNE   mixed

run:
	TZCNTQ CX, AX
	BLSRQ  CX, CX
	ADDQ   BASE, AX
	MOVL   START, 8(OUT)
	MOVL   AX, 12(OUT)
	SUBQ   START, AX
	CMPQ   AX, $16
	JAE    longer
	ASCII
	ADDQ   $16, OUT
	TESTQ  CX, CX
	JNZ    run
	JMP    next

longer:
	LEAVE
	NEXT_START
	ADDQ  $16, OUT
	TESTQ CX, CX
	JNZ   run

next:
	ADDQ $64, BASE
	CMPB stop-40(SP), $0
	JEQ  block
	JMP  out

special: // but for punctuation that stands in the block as a whole
	VPBROADCASTB bytes<>+6(SB), Y2
	VPBROADCASTB bytes<>+10(SB), Y3
	VPCMPEQB     Y0, Y2, Y14
	VPCMPEQB     Y1, Y2, Y15
	VPCMPEQB     Y0, Y3, Y0
	VPCMPEQB     Y1, Y3, Y1
	VPOR         Y14, Y15, Y2
	VPOR         Y0, Y1, Y3
	VPOR         Y2, Y3, Y2
	VPTEST       Y2, Y2
	JZ           told
	PUNCTUATION(0, Y14, Y0, CX, R14)
	PUNCTUATION(32, Y15, Y1, R15, BX)
	SHLQ  $32, R15
	SHLQ  $32, BX
	ORQ   R15, CX
	ORQ   BX, R14

	// R14: all their bytes, of those that do not go on in the next block.
	SHLQ  $2, CX
	SHRQ  $2, CX
	SHLQ  $1, R14
	SHRQ  $1, R14
	ORQ   CX, R14
	LEAQ  (R14)(R14*1), BX
	ORQ   BX, R14
	SHLQ  $2, CX
	ORQ   CX, R14
	ANDNQ DX, R14, DX
	JMP   told

	// The same in a block with runs beyond ASCII.
mixed:
	TZCNTQ CX, AX
	MOVQ   beyond-32(SP), R13
	LEAQ   (BASE)(AX*1), DX
	MOVL   START, 8(OUT)
	MOVL   DX, 12(OUT)
	SUBQ   START, DX
	BTQ    AX, R13
	JCS    word
	CMPQ   DX, $16
	JAE    leave
	MOVQ   DX, AX
	ASCII

mixedNext:
	BLSRQ CX, CX
	ADDQ  $16, OUT
	TESTQ CX, CX
	JNZ   mixed
	JMP   next

word: // of letters of two bytes, as hashTwos has it
	MOVBLZX (SRC)(START*1), R13
	SUBL    $0xCD, R13
	CMPL    R13, $(0xE0-0xCD)
	JAE     leave
	TESTQ   $1, DX
	JNZ     leave
	MOVQ    DX, left-56(SP)
	XORL    AX, AX
	MOVQ    AX, hash-64(SP)
	MOVQ    AX, all-72(SP)

eight:
	MOVQ    ·lane(SB), R15
	LANES(0, DX)
	LANES(8, R13)
	MOVQ    left-56(SP), AX
	MOVL    $16, R14
	CMPQ    AX, R14
	CMOVQHI R14, AX
	SHLL    $4, AX
	ANDQ    (KEEP)(AX*1), DX
	ANDQ    8(KEEP)(AX*1), R13
	ANDNQ   (KEEP)(AX*1), DX, R14
	ANDNQ   8(KEEP)(AX*1), R13, R15
	ORQ     R15, R14
	MOVQ    $const_laneLetter*const_fourLanes, R15
	TESTQ   R15, R14
	MOVQ    $0x2020202020202020, R14
	JNZ     leave
	MOVQ    DX, AX
	ORQ     R13, AX
	ORQ     all-72(SP), AX
	MOVQ    AX, all-72(SP)
	MOVQ    $const_laneValues, R15
	ANDQ    R15, DX
	ANDQ    R15, R13
	XORQ    hash-64(SP), DX
	MIX
	SUBQ    $16, left-56(SP)
	JCS     hashed
	MOVQ    DX, hash-64(SP)
	ADDQ    $16, START
	JMP     eight

hashed:
	MOVQ  $const_laneOdd*const_fourLanes, R15
	XORL  R13, R13
	TESTQ R15, AX
	SETEQ R13
	ADDL  R13, R13
	ANDQ  $-4, DX
	ORQ   R13, DX
	MOVQ  DX, (OUT)
	NEXT_START
	JMP   mixedNext

leave: // what may be no plain word ends it, as all behind would be read again
	LEAVE
	MOVLQZX 8(OUT), R13
	MOVBLZX (SRC)(R13*1), R13
	NEXT_START
	LEAL -0x41(R13), AX
	CMPL AX, $(0x7B-0x41)
	JCS  mixedNext
	LEAL -0xC3(R13), AX
	CMPL AX, $(0xCD-0xC3)
	JCS  mixedNext
	MOVB $1, stop-40(SP)
	JMP  mixedNext

out:
	MOVQ BASE, next+24(FP)
	MOVQ s+0(FP), AX
	MOVQ START, scanner_start(AX)
	SHLQ $63, WORD
	SHLQ $63, DIGIT
	MOVQ WORD, scanner_word(AX)
	MOVQ DIGIT, scanner_digit(AX)
	MOVQ carry-16(SP), CX
	MOVQ CX, scanner_beyond(AX)
	SUBQ scanner_out(AX), OUT
	SHRQ $4, OUT
	MOVQ OUT, (scanner_out+8)(AX)
	VZEROUPPER
	RET
