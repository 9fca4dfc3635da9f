#include "parts/load_private.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "base/activity.h"
#include "fetch/http_once.h"
#include "graph/modlooks.h"

struct load {
	struct load_options o;
	char *dir;
	char *home; /* the current directory at the start; NULL: not known */
	struct activity *log;
	struct http_once *once; /* of its own; o.once if that is given */
	struct modlooks *looks; /* NULL: each part looks for itself */
};

void load_return(const struct load *l)
{
	char dir[PATH_MAX];

	if (l->home && !getcwd(dir, sizeof(dir)) && errno == ENOENT && chdir(l->home) != 0)
		return; /* not made again yet */
}

struct load *load_new(const struct load_options *o)
{
	struct load *l = xcalloc(1, sizeof(*l));
	char home[PATH_MAX];

	l->o = *o;
	l->dir = o->dir ? xstrdup(o->dir) : NULL;
	l->o.dir = l->dir;
	if (getcwd(home, sizeof(home)))
		l->home = xstrdup(home);
	l->log = activity_new();
	l->once = http_once_new();
	if (o->one_look)
		l->looks = modlooks_new();
	return l;
}

void load_free(struct load *l)
{
	if (!l)
		return;
	activity_free(l->log);
	http_once_free(l->once);
	modlooks_free(l->looks);
	free(l->dir);
	free(l->home);
	free(l);
}

const struct load_options *load_options(const struct load *l)
{
	return &l->o;
}

struct activity *load_log(const struct load *l)
{
	return l->log;
}

struct http_once *load_once(const struct load_work *w)
{
	return w->l->o.once ? w->l->o.once : w->l->once;
}

void load_ask_again(const struct load_work *w)
{
	http_once_renew(w->l->once);
}

struct modlooks *load_looks(const struct load *l)
{
	return l->looks;
}

void *load_data(const struct load_work *w, enum request_part id)
{
	struct part *p = snapshot_part(w->s, REQUEST(id));

	return p ? p->data : NULL;
}

struct part *load_part_on(const struct load_work *w, enum request_part needs)
{
	struct part *p = part_new(w->request);
	struct part *needed = snapshot_part(w->s, REQUEST(needs));

	p->needs = part_ref(needed ? needed : snapshot_part(w->s, REQUEST(PART_ENV)));
	return p;
}

bool load_hand_over(struct part *p, bool made, struct part **out)
{
	if (made)
		*out = p;
	else
		part_unref(p);
	return made;
}

const struct part *load_inside(const struct load_work *w, struct load *l, struct snapshot **s,
			       enum request_part id, load_maker *maker, struct err *e)
{
	struct load_work inner = {
		.l = l, .s = *s, .request = request_copy(REQUEST(id)), .job = w->job
	};
	struct part *p = NULL;

	if (maker(&inner, &p, e)) {
		*s = snapshot_with(inner.s, p);
		snapshot_unref(inner.s);
	}
	free(inner.request);
	return p;
}
