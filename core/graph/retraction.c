#include "graph/retraction.h"

#include "base/text.h"
#include "gofiles/gover.h"
#include "graph/query_impl.h"

/* A cached answer of retraction_latest. */
struct latest {
	bool ok;
	struct modver mod;
	enum query_result_failure failure;
	enum err_code code;
	enum err_form form;
	const char *text;
	const char *inner; /* without "PATH: ", if go's error is a module.ModuleError */
};

static const struct latest *find_latest(struct modload *ml, const char *path)
{
	struct latest *l = map_get(modload_latest_answers(ml), path);

	if (!l) {
		struct modver all;
		struct query_result r = { 0 };
		struct query_run q = { .ml = ml, .query = "latest", .current = "", .r = &r };
		struct err local = ERR_INIT;

		path = arena_strdup(modload_arena(ml), path); /* the answer owns it */
		q.path = path;
		all = modproject_replacement(modload_project(ml), (struct modver){ path, "" });
		l = arena_calloc(modload_arena(ml), 1, sizeof(*l));
		l->ok = *all.path || query_run(&q, query_run_choose, &local);
		if (!l->ok) {
			l->failure = r.failure;
			l->code = local.code;
			l->form = local.form;
			l->text = arena_strdup(modload_arena(ml), err_text(&local));
			l->inner = r.inner ? r.inner : l->text;
		} else {
			l->mod = *all.path ? all
					   : modproject_resolve(modload_project(ml),
								(struct modver){ path, r.version });
		}
		err_release(&local);
		map_put(modload_latest_answers(ml), path, l);
	}
	return l;
}

bool retraction_latest(struct modload *ml, const char *path, struct modver *latest,
		       enum query_result_failure *failure, struct err *e)
{
	const struct latest *l = find_latest(ml, path);

	*latest = l->mod;
	*failure = l->failure;
	return l->ok || err_set(e, l->code, "%s", l->text) || err_mark(e, l->form);
}

/* The error of reading m's go.mod, without the module that it begins with: it will name another version. */
static bool fail_inner(struct modver m, struct err *why, struct err *e)
{
	size_t skip = strlen(m.path) + (*m.version ? 1 + strlen(m.version) : 0) + strlen(": ");

	err_set(e, why->code, "%s", why->text + MIN(skip, strlen(why->text)));
	err_release(why);
	return false;
}

/* The go.mod that applies to all versions of a module: NULL with ok set if there is none. */
static const struct modload_summary *speaker(struct modload *ml, struct modver m, bool *ok,
					     enum query_result_failure *failure, struct err *e)
{
	const struct modload_summary *s;
	const struct latest *l;
	struct err why = ERR_INIT;
	bool too_new;

	*ok = true;
	*failure = QUERY_OK;
	if (!*m.version ||
	    *modproject_replacement(modload_project(ml), (struct modver){ m.path, "" }).path)
		return NULL;
	l = find_latest(ml, m.path);
	*failure = l->failure;
	*ok = l->ok || err_set(e, l->code, "%s", l->inner);
	if (!*ok)
		return NULL;
	s = modload_raw_summary(ml, l->mod, &too_new, &why);
	*ok = s || fail_inner(l->mod, &why, e);
	if (!s)
		*failure = query_failure_of(e);
	return s;
}

bool retraction_check(struct modload *ml, struct modver m, struct retraction *r, struct err *e)
{
	struct err local = ERR_INIT;
	const char **list;
	const struct modload_summary *s;
	bool ok;

	*r = (struct retraction){ 0 };
	s = speaker(ml, m, &ok, &r->failure, &local);
	if (!ok) {
		err_set(e, local.code, "loading module retractions for %s@%s: %s", m.path,
			m.version, local.text);
		err_release(&local);
		return false;
	}
	if (!s)
		return true;
	list = arena_alloc(modload_arena(ml), s->n_retract * sizeof(*list));
	for (size_t i = 0; i < s->n_retract; i++) {
		const struct modload_retraction *x = &s->retract[i];

		if (gover_mod_compare(m.path, x->low, m.version) > 0 ||
		    gover_mod_compare(m.path, m.version, x->high) > 0)
			continue;
		r->retracted = true;
		if (*x->rationale)
			list[r->n++] = x->rationale;
	}
	r->rationale = list;
	return true;
}

bool retraction_deprecation(struct modload *ml, struct modver m, const char **text,
			    enum query_result_failure *failure, struct err *e)
{
	struct err local = ERR_INIT;
	bool ok;
	const struct modload_summary *s = speaker(ml, m, &ok, failure, &local);

	*text = s ? s->deprecated : "";
	if (ok)
		return true;
	err_set(e, local.code, "loading deprecation for %s: %s", m.path, local.text);
	err_release(&local);
	return false;
}

const char *retraction_short_message(struct arena *a, const char *message, const char *empty)
{
	static const char blanks[] = " \t\r\f\v";
	size_t len = strcspn(message, "\n"), n;
	uint32_t rune;

	while (len && strchr(blanks, *message)) {
		message++;
		len--;
	}
	while (len && strchr(blanks, message[len - 1]))
		len--;
	if (!len)
		return empty;
	if (len > 500)
		return "(message omitted: too long)";
	for (size_t i = 0; i < len; i += n) {
		n = text_rune(message + i, len - i, &rune);
		if (!text_is_print(rune) && rune != '\t' && rune != 0x3000 && rune != 0xa0)
			return "(message omitted: contains non-printable characters)";
	}
	return arena_strndup(a, message, len);
}
