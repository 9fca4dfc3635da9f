/* The time and the hashes in a bill of materials, by SOURCE_DATE_EPOCH and go.sum. */
#include "cmdfix.h"

static const char *made(struct fix *f)
{
	struct cmd_out o;
	const char *out;

	cmd_run(&o, (const char *const[]){ "snapshot", "--format=cyclonedx", NULL });
	if (o.status != 0)
		fail_msg("%d: %s", o.status, o.err.data);
	out = arena_strdup(&f->a, o.out.data);
	cmd_release(&o);
	return out;
}

/* The first string after a key. */
static const char *string_of(struct fix *f, const char *doc, const char *key)
{
	const char *at = strstr(doc, arena_fmt(&f->a, "\"%s\":", key));

	if (!at)
		return "";
	at = strchr(strchr(at, ':'), '"') + 1;
	return arena_strndup(&f->a, at, strcspn(at, "\""));
}

/* The specification of SOURCE_DATE_EPOCH: decimal seconds; anything else is left alone. */
static void test_time(void **state)
{
	static const struct {
		const char *epoch, *want; /* NULL: now */
	} rows[] = {
		{ "0", "1970-01-01T00:00:00Z" },
		{ "1700000000", "2023-11-14T22:13:20Z" },
		{ "253402300799", "9999-12-31T23:59:59Z" },
		{ "253402300800", NULL },
		{ "-1", NULL },
		{ "1x", NULL },
		{ "", NULL },
		{ "99999999999999999999", NULL },
	};
	struct fix *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *have;

		setenv("SOURCE_DATE_EPOCH", rows[i].epoch, 1);
		have = string_of(f, made(f), "timestamp");
		if (rows[i].want ? !str_eq(have, rows[i].want) : !str_has_prefix(have, "20"))
			fail_msg("%s: %s", rows[i].epoch, have);
	}
	unsetenv("SOURCE_DATE_EPOCH");
}

/* h1 is the SHA-256 in base64; what is none has no hash. */
static void test_hashes(void **state)
{
	static const struct {
		const char *sum, *want;
	} rows[] = {
		{ "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		  "0000000000000000000000000000000000000000000000000000000000000000" },
		{ "h1://////////////////////////////////////////8=",
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" },
		{ "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!=", "" },
		{ "h1:AAAA", "" },
		{ "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "" },
		{ "h1:", "" },
		{ "h2:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "" },
	};
	struct fix *f = *state;
	const char *mods = "", *go;
	char *sums, *line, *next;
	size_t len;

	assert_true(fs_read(&f->a, "go.sum", FS_MAX_MOD, &sums, &len, NULL));
	for (line = sums; *line; line = next) {
		next = strchr(line, '\n') + 1;
		go = strstr(line, "/go.mod ");
		if (go && go < next)
			mods = arena_fmt(&f->a, "%s%.*s", mods, (int)(next - line), line);
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *have;

		fix_write_str("go.sum", arena_fmt(&f->a, "example.com/Upper v1.0.0 %s\n%s",
						  rows[i].sum, mods));
		have = string_of(f, made(f), "content");
		if (!str_eq(have, rows[i].want))
			fail_msg("%s: %s", rows[i].sum, have);
	}
	fix_write_str("go.sum", sums);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_time),
					    cmocka_unit_test(test_hashes) };

	return cmocka_run_group_tests(tests, cmd_setup, cmd_teardown);
}
