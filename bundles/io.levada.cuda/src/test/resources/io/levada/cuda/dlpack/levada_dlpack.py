# Copyright the Levada authors.
# SPDX-License-Identifier: Apache-2.0
"""Java in Python's process, and DLPack's capsules around the addresses that Levada hands over; needs nothing but ctypes."""

import ctypes

JNI_VERSION_10 = 0x000A0000

# Places in JNI's table of functions (Java Native Interface Specification, chapter 4).
FIND_CLASS, EXCEPTION_DESCRIBE, EXCEPTION_CLEAR, DELETE_LOCAL_REF = 6, 16, 17, 23
GET_STATIC_METHOD_ID, CALL_STATIC_OBJECT, CALL_STATIC_LONG, CALL_STATIC_VOID = 113, 116, 134, 143
NEW_STRING, GET_STRING, RELEASE_STRING, EXCEPTION_CHECK = 167, 169, 170, 228

POINTER = ctypes.c_void_p


class Jvm:
    """A Java virtual machine. Static methods of long, String and void are called, on the thread that made it."""

    def __init__(self, library, *options):
        class Option(ctypes.Structure):
            _fields_ = [("text", ctypes.c_char_p), ("extra", POINTER)]

        class Arguments(ctypes.Structure):
            _fields_ = [("version", ctypes.c_int32), ("count", ctypes.c_int32), ("options", ctypes.POINTER(Option)),
                        ("ignore", ctypes.c_uint8)]

        texts = [("-Xrs").encode(), *(option.encode() for option in options)]  # signals are Python's
        table = (Option * len(texts))(*((text, None) for text in texts))
        machine, self.env = POINTER(), POINTER()
        create = ctypes.CDLL(library).JNI_CreateJavaVM
        result = create(ctypes.byref(machine), ctypes.byref(self.env),
                        ctypes.byref(Arguments(JNI_VERSION_10, len(texts), table, 0)))
        if result != 0:
            raise OSError(f"JNI_CreateJavaVM: {result}")
        self.functions = ctypes.cast(self.env, ctypes.POINTER(ctypes.POINTER(POINTER))).contents

    def _jni(self, place, result, *arguments):
        kinds = [POINTER if not isinstance(argument, bytes) else ctypes.c_char_p for argument in arguments]
        function = ctypes.CFUNCTYPE(result, POINTER, *kinds)(self.functions[place])
        return function(self.env, *arguments)

    def _check(self):
        if self._jni(EXCEPTION_CHECK, ctypes.c_uint8):
            self._jni(EXCEPTION_DESCRIBE, None)
            self._jni(EXCEPTION_CLEAR, None)
            raise RuntimeError("an exception in Java, described on the standard error output")

    def call(self, name, signature, *arguments):
        """name as in a/b/Class.method; signature as in (JLjava/lang/String;)J."""
        owner, method = name.rsplit(".", 1)
        owner = self._jni(FIND_CLASS, POINTER, owner.encode())
        self._check()
        method = self._jni(GET_STATIC_METHOD_ID, POINTER, owner, method.encode(), signature.encode())
        self._check()
        strings = [self._jni(NEW_STRING, POINTER, argument.encode()) if isinstance(argument, str) else None
                   for argument in arguments]
        values = (ctypes.c_int64 * max(1, len(arguments)))(
            *(string if string is not None else argument for string, argument in zip(strings, arguments)))
        place, result = {"J": (CALL_STATIC_LONG, ctypes.c_int64), "V": (CALL_STATIC_VOID, None),
                         ";": (CALL_STATIC_OBJECT, POINTER)}[signature[-1]]
        value = self._jni(place, result, owner, method, ctypes.addressof(values))
        self._check()
        if signature[-1] == ";":
            value = self._text(value)
        for reference in [owner, *strings]:
            if reference is not None:
                self._jni(DELETE_LOCAL_REF, None, reference)
        return value

    def _text(self, string):
        chars = self._jni(GET_STRING, POINTER, string, None)
        text = ctypes.string_at(chars).decode()
        self._jni(RELEASE_STRING, None, string, chars)
        self._jni(DELETE_LOCAL_REF, None, string)
        return text


# Capsules

_api = ctypes.pythonapi
_api.PyCapsule_New.restype = ctypes.py_object
_api.PyCapsule_New.argtypes = [POINTER, ctypes.c_char_p, POINTER]
_api.PyCapsule_GetPointer.restype = POINTER
_api.PyCapsule_GetPointer.argtypes = [POINTER, ctypes.c_char_p]
_api.PyCapsule_IsValid.argtypes = [POINTER, ctypes.c_char_p]
_api.PyCapsule_SetName.argtypes = [ctypes.py_object, ctypes.c_char_p]

# name, its name once somebody has taken the tensor, and where in the structure the deleter is
_LEGACY = (b"dltensor", b"used_dltensor", 56)
_VERSIONED = (b"dltensor_versioned", b"used_dltensor_versioned", 16)


def _destructor(kind):
    name, _, place = kind

    def destroy(capsule):  # its address: the object is dying, and must not be referred to
        if _api.PyCapsule_IsValid(capsule, name):
            structure = _api.PyCapsule_GetPointer(capsule, name)
            deleter = POINTER.from_address(structure + place).value
            ctypes.CFUNCTYPE(None, POINTER)(deleter)(structure)

    return ctypes.PYFUNCTYPE(None, POINTER)(destroy)


_DESTRUCTORS = {kind[0]: _destructor(kind) for kind in (_LEGACY, _VERSIONED)}


class Lent:
    """A tensor of Levada's, as array libraries want it; lend(versioned, stream) gives a structure's address."""

    def __init__(self, lend, device=(1, 0), versioned=False):
        self.lend = lend
        self.device = device
        self.versioned = versioned

    def __dlpack_device__(self):
        return self.device

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        name = (_VERSIONED if self.versioned and max_version and max_version[0] >= 1 else _LEGACY)[0]
        address = self.lend(name == _VERSIONED[0], stream)
        return _api.PyCapsule_New(address, name, ctypes.cast(_DESTRUCTORS[name], POINTER))


def taken(capsule):
    """The structure's address, and whether it is the versioned one; from now on it is the taker's."""
    for kind in (_LEGACY, _VERSIONED):
        if _api.PyCapsule_IsValid(id(capsule), kind[0]):
            address = _api.PyCapsule_GetPointer(id(capsule), kind[0])
            _api.PyCapsule_SetName(capsule, kind[1])
            return address, kind is _VERSIONED
    raise ValueError(f"no tensor in {capsule}")
