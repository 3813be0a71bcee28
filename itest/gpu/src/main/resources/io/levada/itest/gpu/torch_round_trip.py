# Copyright the Levada authors.
# SPDX-License-Identifier: Apache-2.0
"""Tensors of Levada's are PyTorch's, and the other way round: torch_round_trip.py LIBJVM CLIP cuda|cpu JAVA-OPTION..."""

import sys
import zlib

import torch  # before Java: it brings the CUDA runtime that Java's bindings are linked to

import levada_dlpack as dlpack

CLIP, GPU = sys.argv[2], sys.argv[3] == "cuda"
TYPES = {"u8": torch.uint8, "f16": torch.float16, "f32": torch.float32}
EXCHANGE = "io/levada/itest/gpu/TorchExchange."
NAP = 600_000_000  # cycles of the GPU, a third of a second or so

if GPU:
    torch.cuda.init()
    torch.zeros(1, device="cuda")
jvm = dlpack.Jvm(sys.argv[1], *sys.argv[4:])


def java(method, signature, *arguments):
    return jvm.call(EXCHANGE + method, signature, *arguments)


def seen(text):
    print("SEEN", text, flush=True)


def lent(tensor):
    return dlpack.Lent(lambda versioned, stream: java("lend", "(JJ)J", tensor, stream or 0), (2 if GPU else 1, 0))


def take(tensor):
    arguments = {"stream": java("stream", "()J")} if GPU else {}
    return java("take", "(JJJ)J", *dlpack.taken(tensor.__dlpack__(**arguments)), tensor.dim())


def crc(tensor):
    return zlib.crc32(tensor.cpu().contiguous().numpy().tobytes())


def nap():
    if GPU:
        torch.cuda._sleep(NAP)


def pending():
    return GPU and not torch.cuda.current_stream().query()


def round_trip(number, dtype, shape):
    tensor = torch.from_dlpack(lent(number))
    assert tensor.is_cuda == GPU and tensor.dtype == dtype and tuple(tensor.shape) == shape, tensor
    assert tensor.stride() == (3 * 48 * 64, 48 * 64, 64, 1), tensor.stride()
    assert tensor.data_ptr() == java("address", "(J)J", number), "a copy"
    before = crc(tensor)
    assert before == java("crc", "(J)J", number), "other values"

    # Changed on a stream that is behind; Levada, told of it, sees the change and not what was before.
    warm = torch.empty_strided(tensor.size(), tensor.stride(), dtype=dtype, device=tensor.device)
    warm += 1  # a kernel's first start may wait for the whole device
    with torch.cuda.stream(torch.cuda.Stream() if GPU else None):
        if GPU:
            torch.cuda.current_stream().wait_stream(torch.cuda.default_stream())
        nap()
        tensor += 1
        back = take(tensor)
        behind = pending()
        changed = java("crc", "(J)J", back)
        assert behind == GPU, "the stream was not behind, so nothing is shown"
        assert changed != before and changed == crc(tensor), "other values"
    assert java("address", "(J)J", back) == tensor.data_ptr(), "a copy"
    java("release", "(J)V", back)
    java("awaitDeleters", "()V")

    # Let go of while the stream that it was given to still has work: held until that is done.
    references = java("references", "(J)J", number)
    nap()
    del tensor
    held = java("references", "(J)J", number)
    assert pending() == GPU, "the stream was not behind, so nothing is shown"
    assert held == (references if GPU else references - 1), "given back too early"
    java("awaitReferences", "(JJ)V", number, references - 1)


def cycle(number):
    tensor = torch.from_dlpack(lent(number))
    back = take(tensor)
    del tensor
    java("release", "(J)V", back)
    java("awaitDeleters", "()V")


def used():
    if GPU:
        torch.cuda.synchronize()
    free = torch.cuda.mem_get_info()[0] if GPU else 0
    own = torch.cuda.memory_allocated() if GPU else 0
    resident = int(open("/proc/self/statm").read().split()[1]) * 4096
    return {"PyTorch": own, "Levada": java("allocated", "()J")}, free, resident


java("open", "(J)V", 0 if GPU else -1)
for name, dtype in TYPES.items():
    number = java("make", "(Ljava/lang/String;Ljava/lang/String;)J", CLIP, name)
    round_trip(number, dtype, (2, 3, 48, 64))
    half = java("crop", "(J)J", number)
    round_trip(half, dtype, (2, 3, 48, 32))
    java("release", "(J)V", half)
    java("release", "(J)V", number)
    java("awaitNothing", "()V")
    seen(f"{name}, dense and cropped: the same address and the same values in PyTorch and back, changes included")

# A tensor of PyTorch's own.
own = torch.arange(96, device="cuda" if GPU else "cpu").reshape(2, 48)[:, ::2]
before, address = crc(own), own.data_ptr()
taken = take(own)
assert java("address", "(J)J", taken) == address, "a copy"
del own
assert java("crc", "(J)J", taken) == before, "PyTorch took it back"
java("release", "(J)V", taken)
java("awaitNothing", "()V")
seen("a strided tensor of PyTorch's own: the same address and values, kept while Levada has it")

number = java("make", "(Ljava/lang/String;Ljava/lang/String;)J", CLIP, "f16")
for _ in range(200):
    cycle(number)
first, free, resident = used()
for _ in range(1000):
    cycle(number)
last, left, grown = used()
assert first == last, (first, last)
assert free - left < 4 << 20, f"{free - left} bytes less are free on the device"
assert grown - resident < 8 << 20, f"{grown - resident} bytes more are resident"
java("release", "(J)V", number)
java("awaitNothing", "()V")
seen(f"1000 round trips more: bytes on the device as before, {last}; {grown - resident >> 10} KiB more resident")
java("close", "()V")
seen(f"PyTorch {torch.__version__}")
