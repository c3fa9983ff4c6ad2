/* Digits drawn from strokes: the image of one is a function of three numbers. */
#ifndef RNI_DATA_DRAWN_H
#define RNI_DATA_DRAWN_H

#include <stdint.h>

enum { RNI_DRAWN_SIDE = 28, RNI_DRAWN_PIXELS = RNI_DRAWN_SIDE * RNI_DRAWN_SIDE };

/* Draws digit `index` of a part, white on black; returns which digit it is. */
int rni_draw_digit(uint64_t seed, int part, int64_t index, uint8_t pixels[RNI_DRAWN_PIXELS]);

/* One way of writing a digit: strokes of points in percent of the digit's box, y downwards. */
enum { RNI_STROKE_POINTS = 11, RNI_FORM_STROKES = 3 };
typedef struct rni_stroke {
    int count;  /* of points; 0 ends the form */
    int smooth; /* a curve through the points, else straight lines */
    int closed; /* back to the first point */
    signed char at[RNI_STROKE_POINTS][2];
} rni_stroke;
typedef struct rni_form {
    int digit;
    rni_stroke stroke[RNI_FORM_STROKES];
} rni_form;

extern const rni_form rni_forms[];
extern const int rni_form_count;

#endif
