# Copyright the Levada authors.
# SPDX-License-Identifier: Apache-2.0
"""NumPy's arrays are Levada's tensors, and the other way round: numpy_round_trip.py LIBJVM CLASSPATH"""

import sys
import threading

import numpy as np

import levada_dlpack as dlpack

TYPES = {"U8": np.uint8, "I8": np.int8, "I16": np.int16, "I32": np.int32, "I64": np.int64, "F16": np.float16,
         "F32": np.float32, "F64": np.float64}
VERSIONED = np.lib.NumpyVersion(np.__version__) >= "2.1.0"  # knows of read-only tensors and hands them on
EXCHANGE = "io/levada/cuda/dlpack/Exchange."

jvm = dlpack.Jvm(sys.argv[1], "-Djava.class.path=" + sys.argv[2], "-Xmx256m")


def java(method, signature, *arguments):
    return jvm.call(EXCHANGE + method, signature, *arguments)


def address(array):
    return array.__array_interface__["data"][0]


def lent(tensor, versioned=False):
    return dlpack.Lent(lambda newer, stream: java("lend", "(JJ)J", tensor, newer), versioned=versioned)


for name, dtype in TYPES.items():
    for row in (4, 7):  # elements from row to row: dense, and with padding
        tensor = java("make", "(Ljava/lang/String;J)J", name, row)
        array = np.from_dlpack(lent(tensor))
        assert array.dtype == dtype and array.shape == (2, 3, 4), (name, array.dtype, array.shape)
        assert array.strides == tuple(np.dtype(dtype).itemsize * n for n in (3 * row, row, 1)), array.strides
        assert address(array) == java("address", "(J)J", tensor), "a copy"
        assert (array == np.arange(24).reshape(2, 3, 4)).all(), array

        # Written here, read there.
        writable = np.lib.stride_tricks.as_strided(
            np.frombuffer((dlpack.ctypes.c_uint8 * (6 * row * array.itemsize)).from_address(address(array)), dtype),
            array.shape, array.strides)
        writable += 100
        assert java("sum", "(J)J", tensor) == 24 * 100 + 23 * 12, java("sum", "(J)J", tensor)
        assert (array == 100 + np.arange(24).reshape(2, 3, 4)).all(), array

        # And home again, by way of NumPy's own capsule.
        java("release", "(J)V", tensor)
        if not VERSIONED:
            del array, writable
            continue
        back = java("take", "(JJ)J", *dlpack.taken(array.__dlpack__(max_version=(1, 0))))
        assert java("address", "(J)J", back) == address(array), "a copy"
        del array, writable
        assert java("sum", "(J)J", back) == 24 * 100 + 23 * 12  # the last one still holds it
        java("release", "(J)V", back)
java("awaitNothing", "()V")

# What Levada marks as read-only is, for NumPy; before 2.1 everything was.
tensor = java("make", "(Ljava/lang/String;J)J", "U8", 4)
array = np.from_dlpack(lent(tensor, versioned=True))
assert not array.flags.writeable

# The last reference may go on a thread that Java has never seen.
references = [array]
del array
java("release", "(J)V", tensor)
thread = threading.Thread(target=references.clear)
thread.start()
thread.join()
java("awaitNothing", "()V")

# A capsule that nobody opens gives back what is in it.
tensor = java("make", "(Ljava/lang/String;J)J", "F32", 4)
capsule = lent(tensor).__dlpack__()
assert java("lent", "()J") == 1
del capsule
assert java("lent", "()J") == 0
java("release", "(J)V", tensor)

# An array of NumPy's own, every other column of it.
array = np.arange(48, dtype=np.float32).reshape(2, 3, 8)[:, :, ::2]
before = sys.getrefcount(array)
taken = java("take", "(JJ)J", *dlpack.taken(array.__dlpack__()))
assert java("address", "(J)J", taken) == address(array), "a copy"
assert java("sum", "(J)J", taken) == array.sum()
assert sys.getrefcount(array) == before + 1
array[1, 2, 3] += 1
assert java("sum", "(J)J", taken) == array.sum()
java("release", "(J)V", taken)
java("awaitNothing", "()V")
assert sys.getrefcount(array) == before

# What can't be a tensor stays Python's.
array = np.ones((2, 3, 4), np.complex64)
before = sys.getrefcount(array)
capsule = array.__dlpack__()
structure = dlpack._api.PyCapsule_GetPointer(id(capsule), b"dltensor")
assert "type code 5, 64 bits" in java("refusal", "(J)Ljava/lang/String;", structure)
del capsule
assert sys.getrefcount(array) == before

# Nothing stays behind.
java("awaitNothing", "()V")
print("NumPy", np.__version__)
