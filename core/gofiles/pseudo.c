#include "gofiles/pseudo.h"

#include "base/buf.h"
#include "base/text.h"
#include "gofiles/semver.h"

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static bool ends_with(const char *s, const char *end, const char *suffix)
{
	size_t n = strlen(suffix);

	return (size_t)(end - s) >= n && memcmp(end - n, suffix, n) == 0;
}

/* What stands between the patch number and the time must be "-" (and minor and patch 0), "-0." or "-PRE.0.". */
static bool base_ok(const struct semver *v, const char *time)
{
	const char *pre = v->prerelease.s + 1;

	if (pre == time)
		return v->minor.len == 1 && *v->minor.s == '0' && v->patch.len == 1 &&
		       *v->patch.s == '0';
	return ends_with(pre, time, "0.") && (time - pre == 2 || time[-3] == '.');
}

/* The 14 digits of the time, which need not be a valid one; NULL if v is no pseudo-version. */
static const char *find_time(const char *v)
{
	size_t len = strlen(v);
	const char *end, *rev, *time;
	struct semver s;

	/* the shortest: v0.0.0-yyyymmddhhmmss-a */
	if (len < 23 || !semver_parse(&s, v, len) || s.prerelease.len < 17)
		return NULL;
	end = s.prerelease.s + s.prerelease.len;
	for (rev = end; rev[-1] != '-'; rev--)
		if (rev[-1] == '.')
			return NULL;
	if (rev == end || rev - s.prerelease.s < 16)
		return NULL;
	time = rev - 15;
	for (const char *t = time; t < rev - 1; t++)
		if (!is_digit(*t))
			return NULL;
	return base_ok(&s, time) ? time : NULL;
}

bool pseudo_is(const char *v)
{
	return find_time(v) != NULL;
}

static bool invalid(const char *v, struct err *e, const char *why)
{
	struct buf quoted = BUF_INIT;

	text_quote(&quoted, v, strlen(v));
	err_set(e, ERR_SYNTAX, "pseudo-version %s invalid: %s", quoted.data, why);
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
	const char *time = find_time(v);
	char why[64];

	if (!time)
		return invalid(v, e, "syntax error");
	if (time_of(t, time))
		return true;
	snprintf(why, sizeof(why), "malformed time \"%.14s\"", time);
	return invalid(v, e, why);
}

const char *pseudo_zero(struct arena *a, const char *major)
{
	return arena_fmt(a, "%s.0.0-00010101000000-000000000000", *major ? major : "v0");
}
