/*
 * consumer.h - the build list of a dependent: a new module with the same go line that requires only this one.
 *
 * A dependent ignores the replace and exclude lines of this module. The new module and a copy of the go.mod file are in a private
 * directory of our own cache while the graph is loaded; the project is not modified. go's messages about the private directory are
 * reworded for the module itself.
 *
 *	struct consumer c;
 *	if (!consumer_list(&c, &arena, &(struct consumer_options){ .project = mp, .main = consumer_main(mp) }, &e)) ...
 *
 * One thread, that of the project. Strings in the arena.
 */
#ifndef MODSCOPE_CONSUMER_H
#define MODSCOPE_CONSUMER_H

#include "graph/modproject.h"

struct http_once;
struct activity;

struct consumer_options {
	struct modproject *project;
	const struct modproject_main *main;	/* the required module */
	const char *version;	/* its version there; NULL: one above all required ones */
	bool offline, own_counts;
	struct cancel *cancel;
	struct activity *log;
	struct http_once *once; /* source.h; may be NULL */
};
struct consumer {
	const char *path;	/* of the module */
	const char *go_version;
	struct modver *mods;	/* the others, sorted by path; without go and toolchain */
	size_t n;
	const char *failed;	/* go's words if the graph is incomplete; "" */
	bool unreachable;	/* because a proxy was not asked or did not answer */
};

/* The module that a dependent would require: in a workspace, that of the current directory. NULL if there is none. */
const struct modproject_main *consumer_main(const struct modproject *mp);
/* ERR_CANCELLED; ERR_SYS and ERR_REFUSED if the private directory cannot be created. */
bool consumer_list(struct consumer *c, struct arena *a, const struct consumer_options *o, struct err *e);
/* The version of a module there; NULL if it has none. */
const char *consumer_version(const struct consumer *c, const char *path);

#endif
