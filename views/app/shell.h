/*
 * shell.h - the interactive program: one loop around the views.
 *
 * main.c creates a terminal and a loader, passes the views and calls shell_run(); tests do the same with a scripted terminal.
 */
#ifndef MODSCOPE_SHELL_H
#define MODSCOPE_SHELL_H

#include "app/app.h"

/* Runs until the user leaves. ERR_SYS. */
bool shell_run(const struct app_options *o, struct err *e);
/* Adds the layers of the frame and of the views: the source of the tables and the default key file. */
void shell_add_layers(struct keymap *km, const struct view_ops *const *views);

#endif
