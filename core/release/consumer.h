/*
 * consumer.h - the build list of a dependent: of a fresh module with the same go line that requires this one and nothing else.
 *
 * There the replace and exclude lines of this module do not count. The fresh module and a copy of the go.mod file stand in a private
 * directory of our own cache while the graph is read; the project stays as it is. What go says about the private directory is
 * told of the module itself.
 *
 *	struct consumer c;
 *	if (!consumer_list(&c, &arena, &(struct consumer_options){ .project = mp, .main = consumer_main(mp) }, &e)) ...
 *
 * One thread, that of the project. Strings in the arena.
 */
#ifndef MODSCOPE_CONSUMER_H
#define MODSCOPE_CONSUMER_H

#include "graph/modproject.h"

struct activity;

struct consumer_options {
	struct modproject *project;
	const struct modproject_main *main;	/* the module that is required */
	const char *version;	/* that it is to have; NULL: one above all that are asked for */
	bool offline, own_counts;
	struct cancel *cancel;
	struct activity *log;
};
struct consumer {
	const char *path;	/* of the module */
	const char *go_version;
	struct modver *mods;	/* the others, sorted by path; without go and toolchain */
	size_t n;
	const char *failed;	/* go's words where the graph cannot be read whole; "" */
	bool unreachable;	/* that is as a proxy was not asked or did not answer */
};

/* The module that a dependent would require: in a workspace the one of the current directory. NULL if there is none. */
const struct modproject_main *consumer_main(const struct modproject *mp);
/* ERR_CANCELLED; ERR_SYS and ERR_REFUSED where there is no place for the private directory. */
bool consumer_list(struct consumer *c, struct arena *a, const struct consumer_options *o, struct err *e);
/* The version of a module there; NULL if it has none. */
const char *consumer_version(const struct consumer *c, const char *path);

#endif
