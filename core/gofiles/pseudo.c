#include "gofiles/pseudo.h"

#include "base/buf.h"
#include "base/text.h"
#include "gofiles/semver.h"

/* Pieces of a pseudo-version. */
struct pseudo {
	struct semver_part base;      /* "vX.0.0", "vX.Y.(Z+1)-0" or "vX.Y.Z-pre.0" */
	struct semver_part timestamp; /* 14 digits, which need not be a valid time */
	struct semver_part rev;
	struct semver_part build; /* with its "+"; empty if none */
};

#define SECONDS_TO_YEAR_1 INT64_C(62135596800)

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static bool ends_with(const char *s, const char *end, const char *suffix)
{
	size_t n = strlen(suffix);

	return (size_t)(end - s) >= n && memcmp(end - n, suffix, n) == 0;
}

/* Between the patch number and the time there must be "-" (and minor and patch 0), "-0." or "-PRE.0.". */
static bool base_ok(const struct semver *v, const char *time)
{
	const char *pre = v->prerelease.s + 1;

	if (pre == time)
		return v->minor.len == 1 && *v->minor.s == '0' && v->patch.len == 1 &&
		       *v->patch.s == '0';
	return ends_with(pre, time, "0.") && (time - pre == 2 || time[-3] == '.');
}

static bool parse(struct pseudo *p, const char *v)
{
	size_t len = strlen(v);
	const char *end, *rev, *time;
	struct semver s;

	/* the shortest: v0.0.0-yyyymmddhhmmss-a */
	if (len < 23 || !semver_parse(&s, v, len) || s.prerelease.len < 17)
		return false;
	end = s.prerelease.s + s.prerelease.len;
	for (rev = end; rev[-1] != '-'; rev--)
		if (rev[-1] == '.')
			return false;
	if (rev == end || rev - s.prerelease.s < 16)
		return false;
	time = rev - 15;
	for (const char *t = time; t < rev - 1; t++)
		if (!is_digit(*t))
			return false;
	if (!base_ok(&s, time))
		return false;
	p->base = (struct semver_part){ v, (size_t)(time - 1 - v) };
	p->timestamp = (struct semver_part){ time, 14 };
	p->rev = (struct semver_part){ rev, (size_t)(end - rev) };
	p->build = s.build;
	return true;
}

bool pseudo_is(const char *v)
{
	struct pseudo p;

	return parse(&p, v);
}

static bool invalid(const char *v, struct err *e, const char *why)
{
	struct buf quoted = BUF_INIT;

	text_quote(&quoted, v, strlen(v));
	err_set(e, ERR_SYNTAX, "pseudo-version %s invalid: %s", quoted.data, why);
	if (e)
		e->reason = (uint32_t)(strlen(e->text) - strlen(why));
	buf_release(&quoted);
	return false;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static int64_t days_of(int64_t year, int month, int day)
{
	int64_t era, y = year - (month <= 2);
	int64_t year_of_era, day_of_year;

	era = (y >= 0 ? y : y - 399) / 400;
	year_of_era = y - era * 400;
	day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

static void date_of(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
			       day_of_era / 146096) /
			      365;
	int64_t day_of_year = day_of_era -
			      (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t m = (5 * day_of_year + 2) / 153;

	*day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static int number(const char *s, int digits)
{
	int n = 0;

	while (digits-- > 0)
		n = n * 10 + (*s++ - '0');
	return n;
}

static bool time_of(int64_t *t, const char *s)
{
	static const char month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year = number(s, 4), month = number(s + 4, 2), day = number(s + 6, 2);
	int hour = number(s + 8, 2), minute = number(s + 10, 2), second = number(s + 12, 2);
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59)
		return false;
	if (day > month_days[month - 1] + (leap && month == 2))
		return false;
	*t = ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
	return true;
}

bool pseudo_time(int64_t *t, const char *v, struct err *e)
{
	struct pseudo p;
	char why[64];

	if (!parse(&p, v))
		return invalid(v, e, "syntax error");
	if (time_of(t, p.timestamp.s))
		return true;
	snprintf(why, sizeof(why), "malformed time \"%.14s\"", p.timestamp.s);
	return invalid(v, e, why);
}

bool pseudo_rev(const char **rev, struct arena *a, const char *v, struct err *e)
{
	struct pseudo p;

	if (!parse(&p, v))
		return invalid(v, e, "syntax error");
	*rev = arena_strndup(a, p.rev.s, p.rev.len);
	return true;
}

/* decDecimal: NULL if all digits are zero. */
static char *decrement(struct arena *a, struct semver_part n)
{
	char *d = arena_strndup(a, n.s, n.len);
	size_t i = n.len;

	while (i > 0 && d[i - 1] == '0')
		d[--i] = '9';
	if (i == 0)
		return NULL;
	if (i == 1 && d[0] == '1' && n.len > 1)
		return d + 1;
	d[i - 1]--;
	return d;
}

/* incDecimal. */
static char *increment(struct arena *a, struct semver_part n)
{
	char *d = arena_alloc(a, n.len + 2);
	size_t i = n.len;

	d[0] = '1';
	memcpy(d + 1, n.s, n.len);
	d[n.len + 1] = 0;
	while (i > 0 && d[i] == '9')
		d[i--] = '0';
	if (i == 0)
		return d;
	d[i]++;
	return d + 1;
}

/* vX.Y.(Z+1)-0 is based on vX.Y.Z. */
static bool release_base(const char **base, struct arena *a, const char *v, const struct pseudo *p,
			 const struct semver *s, struct err *e)
{
	int head = (int)(s->patch.s - v);
	char *patch = decrement(a, s->patch);

	if (!patch)
		return invalid(v, e,
			       arena_fmt(a,
					 "version before %.*s%.*s would have negative patch number",
					 head, v, (int)s->patch.len, s->patch.s));
	*base = arena_fmt(a, "%.*s%s%.*s", head, v, patch, (int)p->build.len, p->build.s);
	return true;
}

bool pseudo_base(const char **base, struct arena *a, const char *v, struct err *e)
{
	struct pseudo p;
	struct semver s;

	if (!parse(&p, v))
		return invalid(v, e, "syntax error");
	semver_parse(&s, p.base.s, p.base.len);
	if (s.prerelease.len == 0) {
		*base = "";
		if (p.build.len == 0)
			return true;
		return invalid(v, e,
			       arena_fmt(a, "lacks base version, but has build metadata \"%.*s\"",
					 (int)p.build.len, p.build.s));
	}
	if (s.prerelease.len == 2 && s.prerelease.s[1] == '0')
		return release_base(base, a, v, &p, &s, e);
	*base = arena_fmt(a, "%.*s%.*s", (int)p.base.len - 2, p.base.s, (int)p.build.len,
			  p.build.s);
	return true;
}

static const char *timestamp(struct arena *a, int64_t t)
{
	int64_t days = t / 86400, rest = t % 86400;
	int year, month, day;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	date_of(days, &year, &month, &day);
	return arena_fmt(a, "%04d%02d%02d%02d%02d%02d", year, month, day, (int)(rest / 3600),
			 (int)(rest / 60 % 60), (int)(rest % 60));
}

const char *pseudo_make(struct arena *a, const char *major, const char *older, int64_t t,
			const char *rev)
{
	const char *time = timestamp(a, t);
	const char *tag = semver_canonical(a, older);
	struct semver_part build = semver_build(older);
	struct semver s;

	if (!*major)
		major = "v0";
	if (!*tag)
		return arena_fmt(a, "%s.0.0-%s-%s", major, time, rev);
	semver_parse(&s, tag, strlen(tag));
	if (s.prerelease.len)
		return arena_fmt(a, "%s.0.%s-%s%.*s", tag, time, rev, (int)build.len, build.s);
	return arena_fmt(a, "%.*s%s-0.%s-%s%.*s", (int)(s.patch.s - tag), tag,
			 increment(a, s.patch), time, rev, (int)build.len, build.s);
}

const char *pseudo_zero(struct arena *a, const char *major)
{
	return pseudo_make(a, major, "", -SECONDS_TO_YEAR_1, "000000000000");
}
