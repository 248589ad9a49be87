// Package webhooks verifies what an endpoint receives.
package webhooks

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const tolerance = 300 * time.Second

// Verify believes a request (nil) or says why not. header is the request's Header.Get; body is what came over the wire,
// before any parser. keys are the secrets (whsec_…) and public keys (whpk_…) of the endpoint: during a rotation the old
// and the new one. prefix is "webhook", or "svix" for the svix-* triple.
func Verify(header func(name string) string, body []byte, keys []string, prefix string, now time.Time) error {
	id := header(prefix + "-id")
	timestamp, err := freshTimestamp(header, prefix+"-timestamp", now)
	if err != nil {
		return err
	}
	signatures := header(prefix + "-signature")
	if id == "" || signatures == "" {
		return errors.New("the id or the signature of this webhook is missing")
	}
	content := append([]byte(id+"."+timestamp+"."), body...)
	for _, signature := range strings.Split(signatures, " ") {
		version, encoded, _ := strings.Cut(signature, ",")
		given, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			continue
		}
		for _, key := range keys {
			fits := false
			switch {
			case version == "v1" && strings.HasPrefix(key, "whsec_"):
				var expected []byte
				if expected, err = mac(key, content); err == nil {
					fits = hmac.Equal(expected, given)
				}
			case version == "v1a" && strings.HasPrefix(key, "whpk_"):
				var public []byte
				if public, err = keyBytes(key, "whpk_"); err == nil {
					fits = len(public) == ed25519.PublicKeySize && ed25519.Verify(public, content, given)
				}
			}
			if err != nil {
				return err
			}
			if fits {
				return nil
			}
		}
	}
	return errors.New("no signature of this webhook fits")
}

// VerifyPlain does the same for the plain pair, X-Signature and X-Timestamp.
func VerifyPlain(header func(name string) string, body []byte, secrets []string, now time.Time) error {
	timestamp, err := freshTimestamp(header, "X-Timestamp", now)
	if err != nil {
		return err
	}
	given := []byte(header("X-Signature"))
	for _, secret := range secrets {
		expected, err := mac(secret, append([]byte(timestamp+"."), body...))
		if err != nil {
			return err
		}
		if hmac.Equal([]byte(hex.EncodeToString(expected)), given) {
			return nil
		}
	}
	return errors.New("the signature of this webhook does not fit")
}

func freshTimestamp(header func(name string) string, name string, now time.Time) (string, error) {
	text := header(name)
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return "", fmt.Errorf("the header %s is missing or no number", name)
	}
	if age := now.Unix() - seconds; age > int64(tolerance.Seconds()) || age < -int64(tolerance.Seconds()) {
		return "", fmt.Errorf("%s is too old or too new", name)
	}
	return text, nil
}

func mac(secret string, content []byte) ([]byte, error) {
	key, err := keyBytes(secret, "whsec_")
	if err != nil {
		return nil, err
	}
	hash := hmac.New(sha256.New, key)
	hash.Write(content)
	return hash.Sum(nil), nil
}

func keyBytes(text, prefix string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, prefix))
	if err != nil || len(key) < 24 {
		return nil, errors.New("this is not a key of an endpoint")
	}
	return key, nil
}
