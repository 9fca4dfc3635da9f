#include "fetch/direct_meta.h"

#include <strings.h>

#include "base/text.h"
#include "fetch/direct_xml_impl.h"

#define MAX_TAGS 1000u

static const char *value_of(const struct direct_xml_tag *t, const char *name)
{
	for (size_t i = 0; i < t->attrs.n; i++)
		if (strcasecmp(t->attrs.items[i].name, name) == 0)
			return t->attrs.items[i].value;
	return "";
}

static void take(struct direct_metas *all, struct arena *a, const struct direct_xml_tag *t)
{
	const char *content = value_of(t, "content");
	struct text_field f[5];
	size_t n;

	if (t->end || strcasecmp(t->name, "meta") != 0 || !str_eq(value_of(t, "name"), "go-import"))
		return;
	n = text_fields(content, strlen(content), f, 5);
	if (n != 3 && n != 4)
		return;
	arena_vec_push(a, all,
		       (struct direct_meta){ arena_strndup(a, f[0].s, f[0].len),
					     arena_strndup(a, f[1].s, f[1].len),
					     arena_strndup(a, f[2].s, f[2].len),
					     n == 4 ? arena_strndup(a, f[3].s, f[3].len) : "" });
}

static bool superseded(const struct direct_metas *all, const struct direct_meta *m)
{
	for (size_t i = 0; i < all->n; i++)
		if (str_eq(all->items[i].vcs, "mod") && str_eq(all->items[i].prefix, m->prefix))
			return true;
	return false;
}

bool direct_meta_parse(struct direct_metas *out, struct arena *a, const char *html, size_t len,
		       struct err *e)
{
	struct direct_xml x = { .s = html, .end = html + len, .arena = a };
	struct direct_metas all = { 0 };
	struct direct_xml_tag t;
	struct err why = ERR_INIT;
	bool ok;

	while (all.n < MAX_TAGS && direct_xml_next(&x, &t, &why)) {
		if (strcasecmp(t.name, t.end ? "head" : "body") == 0)
			break;
		take(&all, a, &t);
	}
	ok = all.n || !err_is_set(&why);
	if (!ok)
		err_move(e, &why);
	err_release(&why);
	if (!ok)
		return false;
	*out = (struct direct_metas){ 0 };
	for (size_t i = 0; i < all.n; i++)
		if (str_eq(all.items[i].vcs, "mod"))
			arena_vec_push(a, out, all.items[i]);
	for (size_t i = 0; i < all.n; i++)
		if (!str_eq(all.items[i].vcs, "mod") && !superseded(&all, &all.items[i]))
			arena_vec_push(a, out, all.items[i]);
	return true;
}
