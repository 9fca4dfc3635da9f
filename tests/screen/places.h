/*
 * places.h - the places that tests of the whole interactive program visit: each view and its modes, in the demo project.
 */
#ifndef PLACES_H
#define PLACES_H

#include "screen/term_script.h"
#include "screens/views.h"

/* The keys are pressed in the view. Vendor only works in a project with a vendor directory. */
static const struct place {
	const char *view, *target, *keys;
} places[] = {
	{ "overview", NULL, "" },
	{ "graph", "example.com/core/text", "" },
	{ "graph", "example.com/core/text", "t" },
	{ "graph", "example.com/core/text", "i" },
	{ "explain", "example.com/core/text", "" },
	{ "explain", "example.com/pay/gateway", "i" },
	{ "versions", NULL, "" },
	{ "versions", "example.com/core/text", "" },
	{ "cache", NULL, "a" },
	{ "cache", NULL, "t" },
	{ "tidy", NULL, "" },
	{ "whatif", NULL, "" },
	{ "env", NULL, "" },
	{ "replaces", NULL, "" },
	{ "replaces", NULL, "v" },
	{ "vendor", NULL, "" },
	{ "compare", "v1.0.0..HEAD", "" },
	{ "compare", "v1.0.0..HEAD", "p" },
	{ "modcompare", "example.com/log/slim@v1.2.0 example.com/log/slim@v1.3.0", "" },
	{ "offline", NULL, "j j enter" },
	{ "proxy", "example.com/core/text", "" },
	{ "activity", NULL, "" },
};

struct places_chosen {
	const struct place *items[ARRAY_LEN(places)];
	size_t n;
};

/* Chooses the named views, or all but Vendor. */
static inline void places_choose(struct places_chosen *c, char **names, int n)
{
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		bool wanted = !n && !str_eq(places[i].view, "vendor");

		for (int k = 0; k < n; k++)
			wanted |= str_eq(names[k], places[i].view);
		if (wanted)
			c->items[c->n++] = &places[i];
	}
}

static inline bool places_have_every_view(void)
{
	bool ok = true;

	for (size_t i = 0; views_all[i]; i++) {
		bool found = false;

		for (size_t p = 0; p < ARRAY_LEN(places); p++)
			found |= str_eq(places[p].view, views_all[i]->name);
		if (!found)
			printf("no place for the view %s\n", views_all[i]->name);
		ok &= found;
	}
	return ok;
}

/* Reports a new wait only once, as a terminal asks several times whether a wait is over. */
static inline bool places_new_wait(const struct term_script *s, size_t *last)
{
	bool is_new = s->at != *last;

	*last = s->at;
	return is_new;
}

#endif
