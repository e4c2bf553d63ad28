/*
 * csv_split: the quick way to split rows, from one marked byte to the next (see csv_mask.h), for those that have
 * nothing odd about them. What csv.c does byte by byte is the reference, and decides on all others.
 */
#ifndef SLACLOCK_CLI_CSV_SPLIT_H
#define SLACLOCK_CLI_CSV_SPLIT_H

#include "cli/csv.h"

/* How far a scan of the next row came. */
enum scan {
  SCAN_ROW,   /* a whole row */
  SCAN_SHORT, /* the bytes end before the row does */
  SCAN_WIDE,  /* it has more fields than there may be room for */
  SCAN_ODD,   /* not all is as it should be */
};

/*
 * Splits the row at the stream's start, as scan_row() does, and goes on to the next one. Where the row is not split in
 * the end, all is as it was. SCAN_SHORT where its end is not among the bytes that are known.
 */
enum scan csv_split_row(struct csv_reader *reader, struct record *row);

/* Whether all bytes are known that the stream has. */
bool csv_all_known(const struct csv_reader *reader);

/*
 * Marks bytes from the row's start on, more than before if the row did not end in them. At first few, since the row may
 * be one of many odd ones, or that of one jump among many. false where there are no more.
 */
bool csv_know_more(struct csv_reader *reader);

/* Where rows are odd, marks are of no use: the more of them came, the longer none are made. */
void csv_note_odd_row(struct csv_reader *reader);

/* Line feeds between two places. */
long csv_count_feeds(const char *from, const char *to);

#endif
