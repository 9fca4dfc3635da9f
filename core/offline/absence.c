#include "offline/absence.h"

#include "base/gojson.h"
#include "gofiles/goenv.h"
#include "gofiles/modpath.h"

static bool is_listed(const struct buf *list, const char *version)
{
	char *copy = xstrndup(list->data, list->len);
	bool found = false;

	for (char *line = copy, *nl; line && !found; line = nl) {
		const char *rest, *v;

		nl = strchr(line, '\n');
		if (nl)
			*nl++ = '\0';
		v = proxy_list_line(line, &rest);
		found = v && str_eq(v, version);
	}
	free(copy);
	return found;
}

static int64_t number_of(const char *s)
{
	char *end;
	long long v = s ? strtoll(s, &end, 10) : -1;

	return s && end != s && v >= 0 ? (int64_t)v : -1;
}

/* Cache-Control: s-maxage takes precedence over max-age. */
static int64_t lifetime_of(const char *control)
{
	const char *s = control ? strstr(control, "s-maxage=") : NULL;

	if (s)
		return number_of(s + strlen("s-maxage="));
	s = control ? strstr(control, "max-age=") : NULL;
	return s ? number_of(s + strlen("max-age=")) : -1;
}

static void take_age(struct absence_hop *h, const struct exchange_answer *a)
{
	const struct http_hop *last = exchange_last(a);
	int64_t life;

	if (!last)
		return;
	h->age = number_of(last->age);
	life = lifetime_of(last->cache_control);
	if (life >= 0)
		h->try_after = MAX(life - MAX(h->age, 0), 0);
}

static enum absence_kind judge(struct absence_hop *h)
{
	bool info = h->info.code == ERR_NONE;

	h->age = h->try_after = -1;
	if (info && h->listed)
		return ABSENCE_THERE;
	if (info && h->list.code == ERR_NONE) {
		take_age(h, &h->list);
		return ABSENCE_UNLISTED;
	}
	if (info)
		return ABSENCE_THERE;
	if (h->info.code != ERR_NOT_FOUND)
		return ABSENCE_UNKNOWN;
	take_age(h, &h->info);
	if (h->listed)
		return ABSENCE_HALF;
	return h->age > 0 ? ABSENCE_CACHED : ABSENCE_NEVER;
}

static void ask(struct absence_hop *h, const struct exchange_options *o,
		const struct route_hop *hop, const char *path, const char *version, struct arena *a)
{
	struct exchange_client c;
	struct buf list = BUF_INIT, latest = BUF_INIT;
	struct gojson_info info;

	exchange_begin(&c, o, a);
	if (exchange_get(&c, hop, arena_fmt(a, "%s/@v/list", path), &h->list, &list))
		h->listed = is_listed(&list, version);
	exchange_get(&c, hop, arena_fmt(a, "%s/@v/%s.info", path, version), &h->info, NULL);
	h->latest_version = "";
	if (exchange_get(&c, hop, arena_fmt(a, "%s/@latest", path), &h->latest, &latest) &&
	    gojson_info(a, latest.data, latest.len, &info, NULL))
		h->latest_version = info.version;
	exchange_end(&c);
	buf_release(&list);
	buf_release(&latest);
	h->kind = judge(h);
}

void absence_find(struct absence *ab, const struct exchange_options *o, struct modver m,
		  struct arena *a)
{
	struct route r = ROUTE_INIT;
	struct buf path = BUF_INIT, version = BUF_INIT;
	bool ok = route_init(&r, o->env, NULL) && modpath_escape(&path, m.path, NULL) &&
		  modpath_escape_version(&version, m.version, NULL);

	*ab = (struct absence){ 0 };
	ab->hops = arena_calloc(a, r.n + 1, sizeof(*ab->hops));
	for (size_t i = 0; ok && i < r.n; i++) {
		const struct route_hop *hop = &r.hops[i];

		if ((hop->kind != ROUTE_PROXY && hop->kind != ROUTE_FILE) ||
		    route_is_private(&r, m.path))
			continue;
		ab->hops[ab->n].hop = i;
		ask(&ab->hops[ab->n++], o, hop, path.data, version.data, a);
	}
	buf_release(&path);
	buf_release(&version);
	route_release(&r);
}

const char *absence_word(enum absence_kind kind)
{
	static const char *const words[] = { "there",		"unlisted", "listed-only",
					     "cached-negative", "absent",   "unknown" };

	return words[kind];
}

const char *absence_text(enum absence_kind kind)
{
	static const char *const texts[] = {
		"it is there",
		"it exists, but the list does not have it yet",
		"the list has it, but its .info is missing",
		"not found, according to a cached answer",
		"not found, according to a fresh answer: it never existed, or does not yet",
		"the hop did not say",
	};

	return texts[kind];
}
