/* Whether lists and dicts still hold the very objects that they held: in one pass over them, and over little else.

   Objects that were made one after the other lie one after the other in memory, so what a list held is written down as
   runs of addresses at equal distances; of a dict each key and item is. The caller keeps the objects alive, so that no
   other can take the address of one. */

#include "identity.h"

#include <stdint.h>
#include <string.h>

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

#if defined(__GNUC__)
#define FETCH(address) __builtin_prefetch(address)
#else
#define FETCH(address) ((void)(address))
#endif

enum { NEXT = 8, NEAR = 2, LINE = 8, FIRST = 32 }; /* how far ahead memory is fetched: containers; pointers */

typedef uintptr_t Word;

typedef struct {
    Word first, step, count;
} Run;

/* Words that are written while there is room, and counted in any case. */
typedef struct {
    char *place;
    Py_ssize_t words;
} Note;

typedef struct {
    const char *place, *end;
} Reading;

static void write_words(Note *note, const Word *words, Py_ssize_t n) {
    if (note->place) {
        memcpy(note->place, words, (size_t)n * sizeof(Word));
        note->place += (size_t)n * sizeof(Word);
    }
    note->words += n;
}

static int read_words(Reading *reading, Word *words, Py_ssize_t n) {
    if (reading->end - reading->place < n * (Py_ssize_t)sizeof(Word))
        return 0;
    memcpy(words, reading->place, (size_t)n * sizeof(Word));
    reading->place += (size_t)n * sizeof(Word);
    return 1;
}

/* The run that n items, at least one, begin with. */
static Run run_at(PyObject *const *items, Word n) {
    Run run = {(Word)items[0], n > 1 ? (Word)items[1] - (Word)items[0] : 0, 1};
    while (run.count < n && (Word)items[run.count] - (Word)items[run.count - 1] == run.step)
        run.count++;
    return run;
}

static void note_list(Note *note, PyObject *list) {
    PyObject *const *items = ((PyListObject *)list)->ob_item;
    Word n = (Word)PyList_GET_SIZE(list);
    write_words(note, &n, 1);
    for (Word i = 0; i < n;) {
        Run run = run_at(items + i, n - i);
        write_words(note, (const Word *)&run, 3);
        i += run.count;
    }
}

static void note_dict(Note *note, PyObject *dict) {
    Py_ssize_t place = 0;
    Word n = (Word)PyDict_GET_SIZE(dict);
    PyObject *pair[2];
    write_words(note, &n, 1);
    while (PyDict_Next(dict, &place, &pair[0], &pair[1]))
        write_words(note, (const Word[]){(Word)pair[0], (Word)pair[1]}, 2);
}

static int follow(PyObject *const *items, const Run *run) {
    Word expected = run->first, differences = 0;
    for (Word i = 0; i < run->count; i++) {
        differences |= (Word)items[i] ^ expected;
        expected += run->step;
    }
    return !differences;
}

static int list_is_as_noted(Reading *reading, PyObject *list) {
    PyObject *const *items = ((PyListObject *)list)->ob_item;
    Word n;
    Run run;
    if (!read_words(reading, &n, 1) || n != (Word)PyList_GET_SIZE(list))
        return 0;
    for (; n; n -= run.count, items += run.count)
        if (!read_words(reading, (Word *)&run, 3) || !run.count || run.count > n || !follow(items, &run))
            return 0;
    return 1;
}

static int dict_is_as_noted(Reading *reading, PyObject *dict) {
    Py_ssize_t place = 0;
    Word n, noted[2];
    PyObject *key, *item;
    if (!read_words(reading, &n, 1) || n != (Word)PyDict_GET_SIZE(dict))
        return 0;
    while (PyDict_Next(dict, &place, &key, &item))
        if (!read_words(reading, noted, 2) || noted[0] != (Word)key || noted[1] != (Word)item)
            return 0;
    return 1;
}

/* Have the memory of the next containers fetched while this one is looked at. */
static void fetch_ahead(PyObject *containers, Py_ssize_t at) {
    Py_ssize_t n = PyList_GET_SIZE(containers);
    if (at + NEXT < n)
        FETCH(PyList_GET_ITEM(containers, at + NEXT));
    PyObject *near = at + NEAR < n ? PyList_GET_ITEM(containers, at + NEAR) : NULL;
    if (near && PyList_CheckExact(near))
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(near) && i < FIRST; i += LINE)
            FETCH(((PyListObject *)near)->ob_item + i);
}

static void note_all(Note *note, PyObject *containers) {
    for (Py_ssize_t i = 0, n = PyList_GET_SIZE(containers); i < n; i++) {
        PyObject *each = PyList_GET_ITEM(containers, i);
        (PyList_CheckExact(each) ? note_list : note_dict)(note, each);
    }
}

/* A list of lists and dicts, of these very classes; 0 with an exception if it is none. */
static int is_list_of_containers(PyObject *containers) {
    int fits = PyList_CheckExact(containers);
    for (Py_ssize_t i = 0; fits && i < PyList_GET_SIZE(containers); i++) {
        PyObject *each = PyList_GET_ITEM(containers, i);
        fits = PyList_CheckExact(each) || PyDict_CheckExact(each);
    }
    if (!fits)
        PyErr_SetString(PyExc_TypeError, "expected a list of lists and dicts");
    return fits;
}

PyObject *note_items(PyObject *module, PyObject *containers) {
    Note note = {NULL, 0};
    if (!is_list_of_containers(containers))
        return NULL;
    note_all(&note, containers);
    PyObject *found = PyBytes_FromStringAndSize(NULL, note.words * (Py_ssize_t)sizeof(Word));
    if (found) {
        note.place = PyBytes_AS_STRING(found);
        note_all(&note, containers);
    }
    return found;
}

PyObject *hold_noted(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (count != 2 || !PyList_CheckExact(args[0]) || !PyBytes_CheckExact(args[1])) {
        PyErr_SetString(PyExc_TypeError, "hold_noted: expected a list of lists and dicts, and a note of what they held");
        return NULL;
    }
    const char *text = PyBytes_AS_STRING(args[1]);
    Reading reading = {text, text + PyBytes_GET_SIZE(args[1])};
    int same = 1;
    for (Py_ssize_t i = 0; same && i < PyList_GET_SIZE(args[0]); i++) {
        PyObject *each = PyList_GET_ITEM(args[0], i);
        fetch_ahead(args[0], i);
        same = PyList_CheckExact(each)   ? list_is_as_noted(&reading, each)
               : PyDict_CheckExact(each) ? dict_is_as_noted(&reading, each)
                                         : 0;
    }
    return PyBool_FromLong(same && reading.place == reading.end);
}
