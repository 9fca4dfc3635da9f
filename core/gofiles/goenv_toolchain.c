/* GOTOOLCHAIN: toolchain.Select. */
#include "base/text.h"
#include "gofiles/goenv.h"
#include "gofiles/gover.h"

/* `invalid GOTOOLCHAIN "VALUE"WHY` */
static bool invalid(const char *value, const char *why, struct err *e)
{
	struct buf q = BUF_INIT;

	text_quote(&q, value, strlen(value));
	err_set(e, ERR_REFUSED, "invalid GOTOOLCHAIN %s%s", q.data, why);
	buf_release(&q);
	return false;
}

/* The part before '+' of a GOTOOLCHAIN that names a toolchain. */
static bool check_minimum(const char *value, const char *min, bool plus, struct err *e)
{
	struct buf after = BUF_INIT;

	if (gover_from_toolchain(min).len)
		return true;
	if (plus) {
		buf_addstr(&after, ": invalid minimum toolchain ");
		text_quote(&after, min, strlen(min));
	}
	invalid(value, after.data, e);
	buf_release(&after);
	return false;
}

static const char *local_toolchain(const struct goenv *env)
{
	const char *v = goenv_get(env, "GOVERSION");

	return str_has_prefix(v, "go") ? v : "go" GOENV_GO_VERSION;
}

bool goenv_toolchain(const struct goenv *env, struct goenv_toolchain *t, struct err *e)
{
	const char *value = goenv_get(env, "GOTOOLCHAIN"), *plus = strchr(value, '+'), *mode = "";
	char *min;
	bool ok = true;

	*t = (struct goenv_toolchain){ .mode = GOENV_TOOLCHAIN_FIXED, .local = true };
	snprintf(t->min, sizeof(t->min), "%s", local_toolchain(env));
	if (!*value)
		return true;
	if (str_eq(value, "auto") || str_eq(value, "path")) {
		t->mode = value[0] == 'a' ? GOENV_TOOLCHAIN_AUTO : GOENV_TOOLCHAIN_PATH;
		return true;
	}
	min = plus ? xstrndup(value, (size_t)(plus - value)) : xstrdup(value);
	if (!str_eq(min, "local")) {
		ok = check_minimum(value, min, plus != NULL, e);
		t->local = str_eq(min, t->min);
		snprintf(t->min, sizeof(t->min), "%s", min);
	}
	free(min);
	if (!ok)
		return false;
	if (plus) {
		mode = plus + 1;
		if (!str_eq(mode, "auto") && !str_eq(mode, "path"))
			return invalid(value, ": only version suffixes are +auto and +path", e);
		t->mode = *mode == 'a' ? GOENV_TOOLCHAIN_AUTO : GOENV_TOOLCHAIN_PATH;
	}
	return true;
}
