// SPDX-License-Identifier: GPL-2.0
/*
 * Asking again for what the hypervisor cannot give just now.
 *
 * A frame that is paged out is brought back by a pager in another domain, which
 * Xen wakes when it refuses the frame. It is asked for again after 1, 2, 4, ...
 * milliseconds, for about a second in all.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/types.h>

#include "answers.h"

#define RETRY_FIRST_MS	1
#define RETRY_LAST_MS	512

static bool want_again(struct answers *answers)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < answers->nr; i++) {
		if (answers->errs[i] != answers->again)
			continue;
		answers->errs[i] = ANSWER_WANTED;
		any = true;
	}
	return any;
}

/* What was not asked for in the end has the reason as its answer. */
static void close_answers(struct answers *answers, int err)
{
	unsigned int i;

	for (i = 0; i < answers->nr; i++)
		if (answers->errs[i] == ANSWER_WANTED)
			answers->errs[i] = err;
}

/**
 * answers_persist - have patience for what is not there yet
 * @answers:	the request; all has been asked for once
 * @err:	what that returned, as @answers->ask() does
 *
 * Context: may sleep, for about a second.
 */
void answers_persist(struct answers *answers, int err)
{
	unsigned int delay;

	close_answers(answers, err ?: -EIO);
	for (delay = RETRY_FIRST_MS; delay <= RETRY_LAST_MS; delay *= 2) {
		if (!want_again(answers))
			break;
		atomic_long_inc(answers->retries);
		msleep(delay);
		err = answers->ask(answers);
		close_answers(answers, err ?: -EIO);
	}
}

/**
 * answers_get - ask for all, and with patience for what is not there yet
 * @answers: the request; all of its errs[] are set
 *
 * Context: may sleep, for about a second.
 */
void answers_get(struct answers *answers)
{
	unsigned int i;
	int err;

	for (i = 0; i < answers->nr; i++)
		answers->errs[i] = ANSWER_WANTED;
	err = answers->ask(answers);
	if (answers->good != answers->nr)
		answers_persist(answers, err);
}

/**
 * answers_first_error - what to say of all answers in one
 * @errs:	the answers
 * @nr:		how many
 * @good:	set to how many of them are 0
 *
 * Return: 0, or the first that is not.
 */
int answers_first_error(const int *errs, unsigned int nr, unsigned int *good)
{
	unsigned int i;
	int err = 0;

	*good = 0;
	for (i = 0; i < nr; i++) {
		err = err ?: errs[i];
		*good += !errs[i];
	}
	return err;
}
