/* Any bytes as the answer of a checksum database: a key, a signed note, a record and a tree head. Nothing that the owner of the
 * key did not sign may verify. */
#include "fetch/note.h"
#include "fetch/tlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define TEXT \
	"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	const char *s = (const char *)data;
	struct note_verifier v, other;
	size_t at, len, rest;
	struct tlog_tree tree;
	struct err e = ERR_INIT;
	int64_t id;

	if (note_verifier_parse(&other, text, &e) &&
	    (!*other.name || strlen(other.name) > NOTE_MAX_NAME))
		__builtin_trap();
	err_clear(&e);
	if (!note_verifier_parse(&v, KEY, NULL))
		__builtin_trap();
	if (note_open(s, size, &v, &len, &e) && (len != strlen(TEXT) || memcmp(s, TEXT, len) != 0))
		__builtin_trap();
	err_clear(&e);
	if (tlog_parse_record(s, size, &id, &at, &len, &rest, &e) &&
	    (at + len > size || rest > size))
		__builtin_trap();
	err_clear(&e);
	if (tlog_parse_tree(&tree, s, size, &e) && (tree.n < 0 || tree.n > TLOG_MAX_TREE))
		__builtin_trap();
	err_release(&e);
	free(text);
	return 0;
}
