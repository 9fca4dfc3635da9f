/*
 * note.h - signed notes (golang.org/x/mod/sumdb/note): a text, a blank line, and lines with signatures.
 *
 *	TEXT\n
 *	\n
 *	— NAME base64(4 bytes of key hash, 64 bytes of Ed25519 signature of TEXT with its newline)\n
 *
 * A verifier key is NAME+HASH8+base64(0x01, 32 bytes of public key), HASH8 the first four bytes of SHA-256(NAME \n 0x01 key).
 * Pure but for libcrypto; any thread. Errors are ERR_SYNTAX ("malformed note", "malformed verifier id") or ERR_CHECKSUM ("invalid signature for key ...").
 */
#ifndef MODSCOPE_NOTE_H
#define MODSCOPE_NOTE_H

#include "base/err.h"

#define NOTE_MAX_NAME 255u
#define NOTE_MAX_SIGNATURES 100

struct note_verifier {
	char name[NOTE_MAX_NAME + 1];
	uint32_t hash;
	unsigned char key[32];
};

/* note.NewVerifier. */
bool note_verifier_parse(struct note_verifier *v, const char *key, struct err *e);
/* note.Open with one known verifier: succeeds if the note has a valid signature of the verifier; *text_len is then the length
 * of the text before the signatures. */
bool note_open(const char *msg, size_t len, const struct note_verifier *v, size_t *text_len,
	       struct err *e);

#endif
