/* .modscope: what is read, what is rejected and where, and what the rules find. Expectations are written by hand. */

#include "unit.h"

#include "audit/policy.h"
#include "audit/spdx.h"
#include "tmpdir.h"

/* 2026-11-28T12:00:00Z */
#define NOW ((int64_t)1795867200)

struct world {
	struct arena a;
	struct policy p;
	struct findings fs;
};

static void begin(struct world *w, const char *text)
{
	struct err e = ERR_INIT;
	const char *file = tmp_path(".modscope");

	*w = (struct world){ .a = ARENA_INIT };
	w->fs.arena = &w->a;
	tmp_write_n(".modscope", text, strlen(text));
	assert_true(policy_read(&w->p, &w->a, file, &w->fs, &e));
	assert_string_equal(w->p.file, file);
}

static void end(struct world *w)
{
	findings_release(&w->fs);
	arena_release(&w->a);
}

static const char *kind_at(size_t i)
{
	static const char *const kinds[] = { "cache/forged", "policy/pseudo-version", NULL };

	return kinds[i];
}

static void expect(const struct world *w, size_t i, const char *kind, int line, const char *cause)
{
	assert_true(i < w->fs.n);
	assert_string_equal(w->fs.items[i].kind, kind);
	assert_int_equal(w->fs.items[i].line, line);
	assert_non_null(strstr(w->fs.items[i].cause, cause));
}

static void complains(void **state)
{
	static const struct {
		const char *text;
		int line, column;
		const char *cause, *remedy;
	} cases[] = {
		{ "[policy]\n\tmax-goo = 1.20\n", 2, 2, "no key max-goo", "max-go" },
		{ "[policy]\n\n# x\n\tmin-age = soon\n", 4, 2, "min-age = soon", "a number" },
		{ "[policy]\nmin-age = -1\n", 2, 1, "min-age = -1", "a number" },
		{ "[policy]\nretracted = yes\n", 2, 1, "retracted = yes", "deny or allow" },
		{ "[policy]\nretracted\n", 2, 1, "retracted = true", "deny or allow" },
		{ "[policy]\nmax-go = new\n", 2, 1, "max-go = new", "a go version" },
		{ "[policy]\nlicence = MIT OR\n", 2, 1, "licence = MIT OR", "SPDX" },
		{ "[policy]\nfail-on = worst\n", 2, 1, "fail-on = worst", "info, unknown" },
		{ "[forbid \"m\"]\n\tversions = < 1.2\n", 2, 2, "versions = < 1.2", "comparisons" },
		{ "\n[forbid]\n", 2, 0, "[forbid] names no modules", "PATTERN" },
		{ "\n[waiver \"MS-X-Y m\"]\n", 2, 0, "lacks reason", "expires" },
		{ "[forbid]\n\treason = x\n", 2, 0, "[forbid] names no modules", "PATTERN" },
		{ "[forbid \"m\"]\n\twhy = x\n", 2, 2, "no key why", "nearest" },
		{ "\n[polcy]\n", 2, 2, "no section [polcy]", "policy" },
		{ "[waiver \"MS-X-Y m\"]\nreason = r\nowner = o\n", 2, 0, "lacks expires",
		  "expires" },
		{ "[waiver \"MS-X-Y\"]\nreason = r\nowner = o\nexpires = 2027-01-01\n", 2, 0,
		  "lacks a subject", "SUBJECT" },
		{ "[waiver \"zip m\"]\nreason = r\n", 2, 0, "zip is not an identifier", "MS-ID" },
		{ "[waiver \"MS-X-Y m\"]\nreason = r\nowner = o\nexpires = 2027-02-30\n", 4, 1,
		  "expires = 2027-02-30", "a day" },
		{ "[policy]\ngoproxy =\n", 2, 1, "goproxy = ", "go env" },
		{ "[forbid \"m/[a\"]\n", 1, 0, "the pattern is malformed", "bracket" },
		{ "[allow \"m/[a-]\"]\nversions = v1.0.0\n", 2, 0, "the pattern is malformed",
		  "bracket" },
		{ "[forbid \"m/[]\"]\n", 1, 0, "the pattern is malformed", "bracket" },
		{ "[forbid \"m/\\\\\"]\n", 1, 0, "the pattern is malformed", "bracket" },
		{ "[include]\n\tpath = /etc/passwd\n", 1, 1, "include sections are refused",
		  "fix" },
		{ "[policy] max-go = 1.20\n[ policy ] [includeIf \"x\"] path = y\n", 2, 1,
		  "include sections are refused", "fix" },
		{ "[policy\n", 1, 1, "missing ']'", "fix" },
		{ "[policy]\n\n a = \"x\\q\"\n", 3, 8, "policy.a: invalid escape", "fix" },
		{ "x = 1\n", 1, 1, "x is not in a section", "[policy]" },
		{ "[policy \"a\"]\nreplace = deny\n", 1, 2, "policy takes no name", "[policy]" },
		{ "[policy]\nmin-age = 99999999999999999999\n", 2, 1, "a number from 0 to 1000000",
		  "a number" },
		{ "[policy]\nmin-age = 1000001\n", 2, 1, "a number from 0 to 1000000", "a number" },
		{ "[policy]\nmin-age =\n", 2, 1, "a number from 0 to 1000000", "a number" },
		{ "[policy]\nmax-modules = 12x\n", 2, 1, "max-modules = 12x", "a number" },
		{ "[policy]\nlicense = (MIT\n", 2, 1, "license = (MIT", "SPDX" },
		{ "[policy]\nseverity = bad\n", 2, 1, "severity = bad", "info, unknown" },
		{ "[forbid \"m\"]\nversions = <\n", 2, 1, "versions = <", "comparisons" },
		{ "[forbid \"m\"]\nversions =\n", 2, 1, "versions = ", "comparisons" },
		{ "[forbid \"m\"]\nversions = v1.0.0,\n", 2, 1, "versions = v1.0.0,",
		  "comparisons" },
		{ "[waiver \"MS-X-Y m\"]\nreason = r\nexpires = 2027-01-01\n", 2, 0, "lacks owner",
		  "expires" },
		{ "[waiver \"MS-X-Y m\"]\nwhy = r\n", 2, 1, "no key why", "nearest" },
		{ "[waiver \"MS-X-Y m\"]\nreason = r\nowner = o\nexpires = 2027/01/01\n", 4, 1,
		  "expires = 2027/01/01", "a day" },
		{ "[waiver \"MS-X-Y m\"]\nreason = r\nowner = o\nexpires = 2027-1-01\n", 4, 1,
		  "expires = 2027-1-01", "a day" },
		{ "[waiver \"MS-X-Y m\"]\nreason = r\nowner = o\nexpires = 2027-01-0x\n", 4, 1,
		  "expires = 2027-01-0x", "a day" },
		{ "[waiver \"MS-X-Y m\"]\nreason = r\nowner = o\nexpires = 2027-01-011\n", 4, 1,
		  "expires = 2027-01-011", "a day" },
		{ "[forbid \"m/[-a]\"]\n", 1, 0, "the pattern is malformed", "bracket" },
		{ "[forbid \"m/[a-\"]\n", 1, 0, "the pattern is malformed", "bracket" },
		{ "[forbid \"m/[a\\\\\"]\n", 1, 0, "the pattern is malformed", "bracket" },
		{ "[forbid \"m/[^]\"]\n", 1, 0, "the pattern is malformed", "bracket" },
		{ "[forbid \"m/[\"]\n", 1, 0, "the pattern is malformed", "bracket" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world w;

		begin(&w, cases[i].text);
		if (w.fs.n == 0)
			fail_msg("no complaint about %s", cases[i].text);
		expect(&w, 0, "policy/file", cases[i].line, cases[i].cause);
		assert_int_equal(w.fs.items[0].column, cases[i].column);
		assert_non_null(strstr(w.fs.items[0].remedy, cases[i].remedy));
		assert_int_equal(w.fs.items[0].severity, FINDING_ERROR);
		end(&w);
	}
}

static const struct policy_module plain = { .path = "example.com/a",
					    .version = "v1.2.3",
					    .new_path = "",
					    .new_version = "",
					    .line = 7,
					    .time = NOW - 86400 * 3,
					    .retracted = POLICY_NO,
					    .deprecated = POLICY_NO,
					    .rationale = "",
					    .deprecation = "",
					    .why_unknown = "no server was asked",
					    .licence = "MIT",
					    .no_licence = "" };

static void apply(struct world *w, struct policy_module m)
{
	struct policy_set set = { "/p/go.mod", "1.24.0", 3, "https://proxy.example.com",
				  "off",       &m,	 1 };

	policy_apply(&w->p, &set, NOW, &w->fs);
}

static void set(const char **field, const char *value)
{
	if (!*field)
		*field = value;
}

/* Fills in what a case leaves out. */
static struct policy_module whole(struct policy_module m)
{
	set(&m.path, plain.path);
	set(&m.version, plain.version);
	set(&m.new_path, "");
	set(&m.new_version, "");
	set(&m.rationale, "");
	set(&m.deprecation, "");
	set(&m.why_unknown, "no server was asked");
	set(&m.licence, "");
	set(&m.no_licence, "it has no licence file");
	m.line = 7;
	return m;
}

static void finds(void **state)
{
	static const struct {
		const char *text, *kind;
		enum finding_severity severity;
		struct policy_module m;
	} cases[] = {
#define MODULE(...) { __VA_ARGS__ }

		{ "[forbid \"example.com\"]\nreason = x\n", "policy/forbidden", FINDING_ERROR,
		  MODULE(.time = 0) },
		{ "[forbid \"example.com/a\"]\n", "policy/forbidden", FINDING_ERROR,
		  MODULE(.time = 0) },
		{ "[allow \"example.com/b\"]\n[allow \"example.com/c\"]\n", "policy/not-allowed",
		  FINDING_ERROR, MODULE(.time = 0) },
		{ "[allow \"example.com/a\"]\n", NULL, FINDING_INFO, MODULE(.time = 0) },
		{ "[forbid \"*.com/a\"]\nversions = < v1.3.0\n", "policy/forbidden", FINDING_ERROR,
		  MODULE(.time = 0) },
		{ "[forbid \"example.com/b\"]\nreason = x\n", NULL, FINDING_INFO,
		  MODULE(.time = 0) },
		{ "[forbid \"example.com/a\"]\nversions = >= v1.3.0\nversions = < v1.0.0\n", NULL,
		  FINDING_INFO, MODULE(.time = 0) },
		{ "[forbid \"example.com/a\"]\nversions = >= v1.3.0\nversions = > v1.2.2, != v1.2.4\n",
		  "policy/forbidden", FINDING_ERROR, MODULE(.time = 0) },
		{ "[forbid \"other.org\"]\nreason = x\n", "policy/forbidden", FINDING_ERROR,
		  MODULE(.new_path = "other.org/a", .new_version = "v1.0.0") },
		{ "[allow \"example.com/a\"]\nversions = v1.2.3\n", NULL, FINDING_INFO,
		  MODULE(.time = 0) },
		{ "[allow \"example.com/b\"]\nreason = x\n", "policy/not-allowed", FINDING_ERROR,
		  MODULE(.time = 0) },
		{ "[allow \"example.com/b\"]\nreason = x\n", NULL, FINDING_INFO,
		  MODULE(.main = true) },
		{ "[policy]\npseudo-versions = deny\nseverity = warning\n", "policy/pseudo-version",
		  FINDING_WARNING, MODULE(.version = "v0.0.0-20200101000000-0123456789ab") },
		{ "[policy]\npre-releases = deny\n", NULL, FINDING_INFO,
		  MODULE(.version = "v0.0.0-20200101000000-0123456789ab") },
		{ "[policy]\npre-releases = deny\n", "policy/pre-release", FINDING_ERROR,
		  MODULE(.version = "v1.0.0-rc.1") },
		{ "[policy]\nincompatible = deny\n", "policy/incompatible", FINDING_ERROR,
		  MODULE(.version = "v2.0.0+incompatible") },
		{ "[policy]\nlocal-replace = deny\n", "policy/local-replace", FINDING_ERROR,
		  MODULE(.new_path = "../a") },
		{ "[policy]\nlocal-replace = deny\n", NULL, FINDING_INFO,
		  MODULE(.new_path = "other.org/a", .new_version = "v1.0.0") },
		{ "[policy]\nreplace = deny\n", "policy/replace", FINDING_ERROR,
		  MODULE(.new_path = "other.org/a", .new_version = "v1.0.0") },
		{ "[policy]\nretracted = deny\n", "policy/retracted", FINDING_ERROR,
		  MODULE(.retracted = POLICY_YES, .rationale = "bad") },
		{ "[policy]\nretracted = deny\n", "policy/retracted", FINDING_UNKNOWN,
		  MODULE(.time = 0) },
		{ "[policy]\nretracted = deny\nretracted = allow\n", NULL, FINDING_INFO,
		  MODULE(.time = 0) },
		{ "[policy]\ndeprecated = deny\n", "policy/deprecated", FINDING_ERROR,
		  MODULE(.deprecated = POLICY_YES, .deprecation = "use b") },
		{ "[policy]\nmin-age = 4\n", "policy/too-young", FINDING_ERROR,
		  MODULE(.time = NOW - 86400 * 4 + 1) },
		{ "[policy]\nmin-age = 4\n", NULL, FINDING_INFO, MODULE(.time = NOW - 86400 * 4) },
		{ "[policy]\nmin-age = 4\n", "policy/too-young", FINDING_UNKNOWN,
		  MODULE(.time = 0) },
		{ "[policy]\nlicence = MIT\n", NULL, FINDING_INFO, MODULE(.licence = "MIT") },
		{ "[policy]\nlicence = MIT\n", "policy/licence", FINDING_ERROR,
		  MODULE(.licence = "MIT AND Apache-2.0") },
		{ "[policy]\nlicence = mit\nlicence = Apache-2.0\n", NULL, FINDING_INFO,
		  MODULE(.licence = "MIT AND Apache-2.0") },
		{ "[policy]\nlicence = GPL-2.0\n", NULL, FINDING_INFO,
		  MODULE(.licence = "GPL-2.0-only") },
		{ "[policy]\nlicence = MIT\n", "policy/unknown-licence", FINDING_UNKNOWN,
		  MODULE(.time = 0) },
		{ "[policy]\nunknown-licence = deny\n", "policy/unknown-licence", FINDING_ERROR,
		  MODULE(.time = 0) },
		{ "[policy]\nmax-go = 1.23\n", "policy/max-go", FINDING_ERROR, MODULE(.time = 0) },
		{ "[policy]\nmax-go = 1.24\n", "policy/max-go", FINDING_ERROR, MODULE(.time = 0) },
		{ "[policy]\nmax-go = 1.24.0\n", NULL, FINDING_INFO, MODULE(.time = 0) },
		{ "[policy]\nmax-modules = 0\n", "policy/max-modules", FINDING_ERROR,
		  MODULE(.time = 0) },
		{ "[policy]\nmax-modules = 1\n", NULL, FINDING_INFO, MODULE(.time = 0) },
		{ "[policy]\ngoproxy = off\n", "policy/setting", FINDING_ERROR, MODULE(.time = 0) },
		{ "[policy]\ngosumdb = off\n", NULL, FINDING_INFO, MODULE(.time = 0) },
		{ "[forbid \"example.com/[^b-z]\"]\n", "policy/forbidden", FINDING_ERROR,
		  MODULE(.time = 0) },
		{ "[forbid \"example.com/[b\\\\]a-]\"]\n", "policy/file", FINDING_ERROR,
		  MODULE(.time = 0) },
		{ "[forbid \"example.com/[b\\\\]a]\"]\n", "policy/forbidden", FINDING_ERROR,
		  MODULE(.time = 0) },
		{ "[forbid \"example.com/a\"]\nversions = <= v1.2.3, == v1.2.3, = v1.2.3\n",
		  "policy/forbidden", FINDING_ERROR, MODULE(.time = 0) },
		{ "[forbid \"example.com/a\"]\nversions = != v1.2.3\n", NULL, FINDING_INFO,
		  MODULE(.time = 0) },
		{ "[forbid \"example.com/a\"]\nversions = <= v1.2.2\n", NULL, FINDING_INFO,
		  MODULE(.time = 0) },
		{ "[policy]\nretracted = deny\n", "policy/retracted", FINDING_ERROR,
		  MODULE(.retracted = POLICY_YES) },
		{ "[policy]\nretracted = deny\n", NULL, FINDING_INFO,
		  MODULE(.retracted = POLICY_NO) },
		{ "[policy]\ndeprecated = deny\n", NULL, FINDING_INFO,
		  MODULE(.deprecated = POLICY_NO) },
		{ "[policy]\ndeprecated = deny\n", "policy/deprecated", FINDING_UNKNOWN,
		  MODULE(.time = 0) },
		{ "[policy]\nmin-age = 4\n", "policy/too-young", FINDING_ERROR,
		  MODULE(.time = NOW - 86400 * 1) },
		{ "[policy]\nmin-age = 4\n", "policy/too-young", FINDING_ERROR,
		  MODULE(.time = NOW + 86400 * 9) },
		{ "[policy]\nmin-age = 4\n", NULL, FINDING_INFO, MODULE(.new_path = "../a") },
		{ "[policy]\nreplace = deny\n", "policy/replace", FINDING_ERROR,
		  MODULE(.new_path = "../a") },
		{ "[policy]\nunknown-licence = deny\n", NULL, FINDING_INFO,
		  MODULE(.licence = "MIT") },
		{ "[policy]\nlicence = MIT AND Apache-2.0\n", NULL, FINDING_INFO,
		  MODULE(.licence = "MIT AND Apache-2.0") },
		{ "[allow \"other.org\"]\n", "policy/not-allowed", FINDING_ERROR,
		  MODULE(.new_path = "../a") },
		{ "[policy]\nmax-modules = 3\n", NULL, FINDING_INFO, MODULE(.time = 0) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world w;

		begin(&w, cases[i].text);
		apply(&w, whole(cases[i].m));
		if (w.fs.n != (cases[i].kind != NULL))
			fail_msg("case %zu: %zu findings from %s", i, w.fs.n, cases[i].text);
		if (cases[i].kind) {
			assert_string_equal(w.fs.items[0].kind, cases[i].kind);
			assert_int_equal(w.fs.items[0].severity, cases[i].severity);
		}
		end(&w);
	}
}

static void waives(void **state)
{
	static const char text[] = "[policy]\npseudo-versions = deny\n"
				   "[waiver \"MS-POLICY-PSEUDO-VERSION example.com/*\"]\n"
				   "reason = r\nowner = o\nexpires = %s\n";
	static const struct {
		const char *day;
		bool waived;
	} days[] = { { "2026-11-28", true }, { "2026-11-27", false } };
	struct policy_module m = plain;

	(void)state;
	m.version = "v0.0.0-20200101000000-0123456789ab";
	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		char buf[256];
		struct world w;

		snprintf(buf, sizeof(buf), text, days[i].day);
		begin(&w, buf);
		apply(&w, m);
		policy_waive(&w.p, NOW, kind_at, &w.fs);
		assert_string_equal(w.fs.items[0].kind, "policy/pseudo-version");
		assert_int_equal(*w.fs.items[0].waived != '\0', days[i].waived);
		assert_int_equal(w.fs.n, days[i].waived ? 1 : 2);
		if (!days[i].waived)
			expect(&w, 1, "policy/waiver-expired", 4, "2026-11-27");
		assert_int_equal(findings_worst(&w.fs),
				 days[i].waived ? FINDING_INFO : FINDING_ERROR);
		end(&w);
	}
}

static void reports_unused_waivers(void **state)
{
	struct world w;

	(void)state;
	begin(&w, "[waiver \"MS-CACHE-FORGED *\"]\nreason = r\nowner = o\nexpires = 2030-01-01\n");
	apply(&w, plain);
	policy_waive(&w.p, NOW, kind_at, &w.fs);
	assert_int_equal(w.fs.n, 1);
	expect(&w, 0, "policy/waiver-unused", 2, "no finding");
	end(&w);
	begin(&w, "[waiver \"MS-CACHE-FORGE *\"]\nreason = r\nowner = o\nexpires = 2030-01-01\n");
	policy_waive(&w.p, NOW, kind_at, &w.fs);
	assert_int_equal(w.fs.n, 1);
	expect(&w, 0, "policy/file", 2, "MS-CACHE-FORGE is not an identifier of a finding");
	assert_string_equal(w.fs.items[0].remedy, "the nearest one is MS-CACHE-FORGED");
	assert_int_equal(w.fs.items[0].severity, FINDING_ERROR);
	end(&w);
}

/* A line that cannot be read is told once, and no module because of it. */
static void leaves_out_bad_ranges(void **state)
{
	static const struct {
		const char *text;
		bool forbidden;
	} cases[] = {
		{ "[forbid \"example.com/a\"]\nversions = < 1.2\n", false },
		{ "[forbid \"example.com/a\"]\nversions = < 1.2\nversions = v1.2.3\n", true },
		{ "[allow \"example.com/a\"]\nversions = < 1.2\n", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world w;

		begin(&w, cases[i].text);
		apply(&w, plain);
		expect(&w, 0, "policy/file", 2, "versions = < 1.2");
		assert_int_equal(w.fs.n, 1 + cases[i].forbidden);
		if (cases[i].forbidden)
			expect(&w, 1, "policy/forbidden", 7, "is forbidden");
		end(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complains),
		cmocka_unit_test(finds),
		cmocka_unit_test(waives),
		cmocka_unit_test(reports_unused_waivers),
		cmocka_unit_test(leaves_out_bad_ranges),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
