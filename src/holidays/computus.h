/* computus: the date of Easter. */
#ifndef SLACLOCK_HOLIDAYS_COMPUTUS_H
#define SLACLOCK_HOLIDAYS_COMPUTUS_H

/* Easter Sunday of the Western churches (Gregorian computus) as a date; years 1583 to 9999. */
int easter_gregorian(int year);

/* Easter Sunday of the Orthodox churches (Julian computus) as a date of the Gregorian calendar; years 1583 to 9999. */
int easter_julian(int year);

#endif
