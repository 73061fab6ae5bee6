package email

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/armswatch/armswatch/notify/sample"
)

// record is the DNS record of a public key.
func record(t *testing.T, key crypto.Signer) string {
	t.Helper()
	if pub, ok := key.Public().(ed25519.PublicKey); ok {
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(pub)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
}

// A mail is signed as it arrives: a verifier with the key from DNS believes it,
// and does not believe it with one letter changed.
func TestMailsAreSigned(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []crypto.Signer{rsaKey, edKey} {
		p := newPostbox(t)
		s, err := New(Options{
			Host: "127.0.0.1", Port: p.addr.Port, Plain: true, From: "armswatch <armswatch@newsroom.example>",
			Unsubscribe: "https://newsroom.example/unsubscribe", DKIM: &DKIM{Selector: "desk", Key: key},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Send(t.Context(), digestDelivery(), sample.Digest(now)); err != nil {
			t.Fatal(err)
		}
		verify := func(raw []byte) []*dkim.Verification {
			list, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
				if name != "desk._domainkey.newsroom.example" {
					t.Errorf("asks for %s", name)
				}
				return []string{record(t, key)}, nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		got := verify(p.mail[0])
		if len(got) != 1 || got[0].Err != nil || got[0].Domain != "newsroom.example" {
			t.Fatalf("%T: %d signatures, %+v\n%s", key, len(got), got, p.mail[0])
		}
		h, _, _ := parts(t, p.mail[0])
		if h.Get("List-Unsubscribe") != "<https://newsroom.example/unsubscribe>" || h.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			t.Errorf("headers %v", h)
		}
		for _, change := range []string{"Kornet", "List-Unsubscribe=One-Click"} {
			if got := verify(bytes.Replace(p.mail[0], []byte(change), []byte("X"+change), 1)); got[0].Err == nil {
				t.Errorf("%T: a changed %q is believed", key, change)
			}
		}
	}
}
