#include "fetch/note.h"

#include "base/base64.h"
#include "base/hex.h"
#include "zip/crypto_lib.h"
#include "zip/dirhash.h"
#include "base/text.h"

#define ALG_ED25519 1
#define MAX_SIGNATURE 4096u

static bool is_valid_name(const char *s, size_t len)
{
	if (len == 0 || len > NOTE_MAX_NAME)
		return false;
	while (len) {
		uint32_t rune;
		size_t n = text_rune(s, len, &rune);

		if ((rune == 0xFFFD && n == 1) || text_is_space(rune) || rune == '+')
			return false;
		s += n;
		len -= n;
	}
	return true;
}

static uint32_t big_endian(const unsigned char p[4])
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool parse_hash(const char *s, size_t len, uint32_t *hash)
{
	*hash = 0;
	for (size_t i = 0; i < len; i++) {
		int digit = hex_digit(s[i]);

		if (digit < 0)
			return false;
		*hash = *hash << 4 | (uint32_t)digit;
	}
	return len == 8;
}

static uint32_t key_hash(const char *name, size_t name_len, const unsigned char *key,
			 size_t key_len)
{
	char *line = xasprintf("%.*s\n", (int)name_len, name);
	unsigned char digest[32];

	sha256_pair(line, name_len + 1, key, key_len, digest);
	free(line);
	return big_endian(digest);
}

bool note_verifier_parse(struct note_verifier *v, const char *key, struct err *e)
{
	const char *plus = strchr(key, '+'), *second = plus ? strchr(plus + 1, '+') : NULL;
	size_t name_len = plus ? (size_t)(plus - key) : strlen(key), n = 0;
	unsigned char raw[256];
	uint32_t hash;

	if (!second || !parse_hash(plus + 1, (size_t)(second - plus - 1), &hash) ||
	    !base64_decode(second + 1, strlen(second + 1), raw, sizeof(raw), &n) ||
	    !is_valid_name(key, name_len) || n == 0)
		return err_set(e, ERR_SYNTAX, "malformed verifier id");
	if (hash != key_hash(key, name_len, raw, n))
		return err_set(e, ERR_SYNTAX, "invalid verifier hash");
	if (raw[0] != ALG_ED25519)
		return err_set(e, ERR_SYNTAX, "unknown verifier algorithm");
	if (n != 33)
		return err_set(e, ERR_SYNTAX, "malformed verifier id");
	memcpy(v->name, key, name_len);
	v->name[name_len] = '\0';
	v->hash = hash;
	memcpy(v->key, raw + 1, 32);
	return true;
}

static bool verify(const struct note_verifier *v, const char *text, size_t len,
		   const unsigned char *sig, size_t sig_len)
{
	const struct crypto_lib *crypto = crypto_lib_get();
	EVP_PKEY *key = crypto->EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, v->key,
							    sizeof(v->key));
	EVP_MD_CTX *ctx = crypto->EVP_MD_CTX_new();
	bool ok;

	ok = key && ctx && crypto->EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
	     crypto->EVP_DigestVerify(ctx, sig, sig_len, (const unsigned char *)text, len) == 1;
	crypto->EVP_MD_CTX_free(ctx);
	crypto->EVP_PKEY_free(key);
	return ok;
}

/* Valid UTF-8 without control characters but newlines. */
static bool is_plain(const char *s, size_t len)
{
	while (len) {
		uint32_t rune;
		size_t n = text_rune(s, len, &rune);

		if ((rune < 0x20 && rune != '\n') || (rune == 0xFFFD && n == 1))
			return false;
		s += n;
		len -= n;
	}
	return true;
}

/* The offset of the newline that ends the text, before the last blank line; 0 if there is none. */
static size_t find_split(const char *msg, size_t len)
{
	for (size_t i = len; i >= 2; i--)
		if (msg[i - 2] == '\n' && msg[i - 1] == '\n')
			return i - 1;
	return 0;
}

struct signature {
	const char *name;
	size_t name_len;
	uint32_t hash;
	unsigned char bytes[MAX_SIGNATURE];
	size_t n;
};

static bool parse_signature(struct signature *sig, const char *line, size_t len)
{
	static const char dash[] = "\xe2\x80\x94 ";
	const char *space, *base64;
	unsigned char raw[MAX_SIGNATURE + 4];
	size_t n;

	if (len < 4 || memcmp(line, dash, 4) != 0)
		return false;
	line += 4;
	len -= 4;
	space = memchr(line, ' ', len);
	if (!space)
		return false;
	base64 = space + 1;
	sig->name = line;
	sig->name_len = (size_t)(space - line);
	if (!base64_decode(base64, len - sig->name_len - 1, raw, sizeof(raw), &n) || n < 5 ||
	    !is_valid_name(sig->name, sig->name_len))
		return false;
	sig->hash = big_endian(raw);
	sig->n = n - 4;
	memcpy(sig->bytes, raw + 4, sig->n);
	return true;
}

static bool malformed(struct err *e)
{
	return err_set(e, ERR_SYNTAX, "malformed note");
}

bool note_open(const char *msg, size_t len, const struct note_verifier *v, size_t *text_len,
	       struct err *e)
{
	size_t split = find_split(msg, len);
	const char *p = msg + split + 1, *end = msg + len;
	bool verified = false;
	int count = 0;

	if (!is_plain(msg, len) || !split || p == end || end[-1] != '\n')
		return malformed(e);
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		struct signature sig;

		if (!parse_signature(&sig, p, (size_t)(nl - p)) || ++count > NOTE_MAX_SIGNATURES)
			return malformed(e);
		p = nl + 1;
		if (verified || sig.hash != v->hash || strlen(v->name) != sig.name_len ||
		    memcmp(v->name, sig.name, sig.name_len) != 0)
			continue;
		if (!verify(v, msg, split, sig.bytes, sig.n))
			return err_set(e, ERR_CHECKSUM, "invalid signature for key %s+%08x",
				       v->name, v->hash);
		verified = true;
	}
	*text_len = split;
	return verified || err_set(e, ERR_CHECKSUM, "note has no verifiable signatures");
}
