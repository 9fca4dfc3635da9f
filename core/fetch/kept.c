#include "fetch/kept.h"

#include "base/activity.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/hex.h"
#include "zip/sha256.h"

#define MAX_ANSWER ((size_t)33 << 20) /* the longest list, and its head */
#define HEX 64u

static const char magic[] = "modscope answer 1\n";

static void hex_of(const void *data, size_t len, char hex[HEX + 1])
{
	unsigned char digest[HEX / 2];

	sha256_bytes(data, len, digest);
	hex_encode(digest, sizeof(digest), hex);
}

static void add_key(struct buf *b, const struct kept_key *k)
{
	buf_addf(b, "%s\t%s\t%s\t", k->proxies, k->module, k->question);
}

static bool is_plain(const struct kept_key *k)
{
	return !strpbrk(k->proxies, "\t\n") && !strpbrk(k->module, "\t\n") &&
	       !strpbrk(k->question, "\t\n");
}

/* NULL if no file can have that key. */
static char *file_of(const char *dir, const struct kept_key *k)
{
	struct buf b = BUF_INIT;
	char hex[HEX + 1];

	if (!dir || !is_plain(k))
		return NULL;
	add_key(&b, k);
	hex_of(b.data, b.len, hex);
	buf_release(&b);
	return xasprintf("%s/%.2s/%s", dir, hex, hex + 2);
}

/* What stands behind the checksum: "SECONDS\tKEY\tfound\n" and the bytes. */
static bool parse(const char *s, const struct kept_key *k, struct kept_answer *a)
{
	struct buf key = BUF_INIT;
	char *end;
	bool ok;

	a->time = strtoll(s, &end, 10);
	add_key(&key, k);
	ok = end > s && *end == '\t' && str_has_prefix(end + 1, key.data);
	s = ok ? end + 1 + key.len : s;
	buf_release(&key);
	a->absent = ok && str_has_prefix(s, "absent\n");
	return ok && (a->absent || str_has_prefix(s, "found\n"));
}

bool kept_read(const char *dir, const struct kept_key *k, struct kept_answer *a)
{
	char *file = file_of(dir, k), hex[HEX + 1];
	size_t head = strlen(magic) + HEX + 1;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	bool ok = file && fs_read_buf(&b, file, MAX_ANSWER, &e) && b.len > head &&
		  str_has_prefix(b.data, magic) && b.data[head - 1] == '\n';

	if (ok) {
		hex_of(b.data + head, b.len - head, hex);
		ok = memcmp(b.data + strlen(magic), hex, HEX) == 0 && parse(b.data + head, k, a);
	}
	if (ok) {
		const char *data = strchr(b.data + head, '\n') + 1;

		buf_add(&a->data, data, (size_t)(b.data + b.len - data));
	}
	err_release(&e);
	buf_release(&b);
	free(file);
	return ok;
}

void kept_write(const char *dir, struct activity *log, const struct kept_key *k,
		const struct kept_answer *a)
{
	char *file = file_of(dir, k), hex[HEX + 1];
	struct buf body = BUF_INIT, b = BUF_INIT;
	struct err e = ERR_INIT;
	struct activity_row row;

	if (!file)
		return;
	buf_addf(&body, "%lld\t", (long long)a->time);
	add_key(&body, k);
	buf_addstr(&body, a->absent ? "absent\n" : "found\n");
	buf_add(&body, a->data.data, a->data.len);
	hex_of(body.data, body.len, hex);
	buf_addf(&b, "%s%s\n", magic, hex);
	buf_add(&b, body.data, body.len);
	row = activity_begin("write", file);
	fs_write_atomic(file, b.data, b.len, 0666, false, &e);
	activity_end(log, &row, e.text ? e.text : "ok", (int64_t)b.len);
	err_release(&e);
	buf_release(&b);
	buf_release(&body);
	free(file);
}
