/*
 * git_ssh.h - repositories by ssh, through the ssh command, as git uses it.
 *
 * So the user's settings count as they do for go: ~/.ssh/config with its hosts, keys and jumps, the agent, known_hosts in every form, GIT_SSH_COMMAND,
 * core.sshCommand, GIT_SSH and their variants (git's connect.c). It never prompts, and has no terminal; it shares connections that exist but leaves none
 * behind. What it says on stderr becomes libgit2's last error. Nothing that a repository contains is run or changes the command.
 *
 * One thread at a time; the struct and the URL are borrowed until the transport is freed.
 */
#ifndef MODSCOPE_GIT_SSH_H
#define MODSCOPE_GIT_SSH_H

#include "git/git_lib.h"
#include "git/git_socket.h"

struct git_ssh {
	const char *command; /* for a shell: GIT_SSH_COMMAND, else core.sshCommand; "" if there is none */
	const char *program; /* GIT_SSH; "": ssh */
	const char *variant; /* GIT_SSH_VARIANT, else ssh.variant; "": after the command's name */
};

/* Whether there is a command to run. */
bool git_ssh_is_there(const struct git_ssh *how);
/* A transport for libgit2, which frees it; the guard may be NULL. Returns libgit2's code. */
int git_ssh_new(git_smart_subtransport **out, const struct git_ssh *how, const char *url, struct git_socket_guard *guard);

#endif
