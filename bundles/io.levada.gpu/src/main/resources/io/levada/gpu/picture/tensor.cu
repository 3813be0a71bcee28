// Pictures to tensors: resized, converted to RGB, normalised, laid out, for a batch, in one pass over memory.
// Built with
//   COMPONENTS                   1 or 3; WIDE: values of 16 bits; PAIRED: both colour differences side by side
//   STEP, COLOUR_STEP            bytes from one value to the next, of the first component and of the others
//   BETWEEN, COLOUR_BETWEEN      whether elements lie between values, rather than each on one
//   DTYPE, NHWC                  0: u8, 1: f16, 2: f32; whether channels are last
//   SCALED                       whether channels are other than colours from 0 to 1
//   STORE                        bytes written at a time, of which a row of the tensor is a multiple: 1 to 16
//   COLUMNS, ROWS                elements that a block makes, a thread one column of them; THREADS: that shall fit on a multiprocessor
//
// Instructions are what there is too little time for, rather than memory: what is the same for a column is found out once, neither
// numbers are converted nor values read that have no weight, and where there is no picture nothing is computed. Neighbours read side
// by side; their elements are put together in shared memory and written from there in vectors.

struct __align__(16) Entry { int low, high; float part; int unused; };
struct Component {
    const Entry *across, *down;
    int stride, unused;
};
struct Arguments {
    Component components[3];
    int width, height;             // of the tensor
    int left, top, right, bottom;  // where there is picture in it
    float matrix[3][4];            // from the components and 1 to the channels: 0 to 1, or for u8 as put out, to be rounded down
    float scale[3], bias[3];       // of the channels as they are put out
    float padding[3];              // a channel beside the picture
    float raise;                   // 2^23
    uint4 blank[3];                // what is written where there is no picture: of each channel, or by turns if channels are last
    unsigned char* out;
    long long pictureBytes;
    const unsigned char* first[64][3];  // value of each component, of each picture
};

#if WIDE
typedef unsigned short Value;
typedef unsigned Pair;
enum { LOWER = 0x7610, UPPER = 0x7632 };  // of a pair; for __byte_perm
#else
typedef unsigned char Value;
typedef unsigned short Pair;
enum { LOWER = 0x7650, UPPER = 0x7651 };
#endif
#if PAIRED
typedef Pair Colour;
#else
typedef Value Colour;
#endif

#if DTYPE == 0
typedef unsigned char Element;
__device__ __forceinline__ Element element(float v) {
    unsigned e;
    asm("cvt.rmi.sat.u8.f32 %0, %1;" : "=r"(e) : "f"(v));
    return e;
}
#elif DTYPE == 1
typedef unsigned short Element;
__device__ __forceinline__ Element element(float v) {
    unsigned short e;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(e) : "f"(v));
    return e;
}
#else
typedef float Element;
__device__ __forceinline__ Element element(float v) { return v; }
#endif

template <int bytes> struct Bytes { typedef unsigned char Type; };
template <> struct Bytes<2> { typedef unsigned short Type; };
template <> struct Bytes<4> { typedef unsigned Type; };
template <> struct Bytes<8> { typedef uint2 Type; };
template <> struct Bytes<16> { typedef uint4 Type; };
typedef Bytes<STORE>::Type Vector;

// The values between which an element lies, as they are in memory.
struct Corners { unsigned tl, tr, bl, br; };

// The values that a thread's elements need of a component.
template <typename T, int step, bool between> struct Column {
    const unsigned char* at;  // the value to the left, in the first row
    float across, down[ROWS];
    Corners corners[ROWS];

    __device__ __forceinline__ void find(const Component& c, const unsigned char* first, int x) {
        const Entry entry = c.across[x];
        across = entry.part;
        at = first + (long long) entry.low * step;
        asm("" : "+l"(at));  // else it is added up anew for every row
    }

    __device__ __forceinline__ void load(int i, const Entry& row, int stride) {
        const unsigned char *above = at + (long long) row.low * stride, *below = at + (long long) row.high * stride;
        corners[i].tl = __ldg((const T*) above);
        if (between) {
            down[i] = row.part;
            corners[i].tr = __ldg((const T*) (above + step));
            corners[i].bl = __ldg((const T*) below);
            corners[i].br = __ldg((const T*) (below + step));
        }
    }

    // The bytes are put below the exponent of 2^23: converting numbers takes longer than moving bytes.
    __device__ __forceinline__ float blend(int i, int which, float raise) const {
        const unsigned exponent = __float_as_uint(raise);
        const float tl = __uint_as_float(__byte_perm(corners[i].tl, exponent, which));
        if (!between) {
            return tl - raise;
        }
        const float tr = __uint_as_float(__byte_perm(corners[i].tr, exponent, which));
        const float bl = __uint_as_float(__byte_perm(corners[i].bl, exponent, which));
        const float br = __uint_as_float(__byte_perm(corners[i].br, exponent, which));
        const float above = (tl - raise) + (tr - tl) * across, below = (bl - raise) + (br - bl) * across;
        return above + (below - above) * down[i];
    }
};

__device__ __forceinline__ void sample(const Arguments& a, int x, int top, float channels[ROWS][3]) {
    const unsigned char* const* first = a.first[blockIdx.z];
    Column<Value, STEP, BETWEEN> brightness;
    brightness.find(a.components[0], first[0], x);
#if COMPONENTS == 3
    Column<Colour, COLOUR_STEP, COLOUR_BETWEEN> second;
    second.find(a.components[1], first[1], x);
#if !PAIRED
    Column<Colour, COLOUR_STEP, COLOUR_BETWEEN> third;
    third.find(a.components[2], first[2], x);
#endif
#endif
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        const int y = min(top + i, a.height - 1);
        brightness.load(i, a.components[0].down[y], a.components[0].stride);
#if COMPONENTS == 3
        const Entry row = a.components[1].down[y];
        second.load(i, row, a.components[1].stride);
#if !PAIRED
        third.load(i, row, a.components[2].stride);
#endif
#endif
    }
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        const float v0 = brightness.blend(i, LOWER, a.raise);
#if COMPONENTS == 1
        const float v1 = 0, v2 = 0;
#else
        const float v1 = second.blend(i, LOWER, a.raise);
#if PAIRED
        const float v2 = second.blend(i, UPPER, a.raise);
#else
        const float v2 = third.blend(i, LOWER, a.raise);
#endif
#endif
#pragma unroll
        for (int c = 0; c < 3; c++) {
            const float sum = a.matrix[c][0] * v0 + (a.matrix[c][1] * v1 + (a.matrix[c][2] * v2 + a.matrix[c][3]));
            channels[i][c] = DTYPE == 0 ? sum : SCALED ? __saturatef(sum) * a.scale[c] + a.bias[c] : __saturatef(sum);
        }
    }
}

// The elements of a block, line by line: rows, of each channel if they are apart.
__device__ __forceinline__ void write(const Arguments& a, int left, int top, bool blank, const Element* tile) {
    const int elements = NHWC ? 3 : 1;
    const unsigned lines = NHWC ? ROWS : 3 * ROWS;
    const unsigned vectors = COLUMNS * elements * sizeof(Element) / STORE;  // in a line
    const unsigned line = (unsigned) a.width * elements * sizeof(Element) / STORE;
    const unsigned begin = (unsigned) left * elements * sizeof(Element) / STORE;
    Vector* out = (Vector*) (a.out + a.pictureBytes * blockIdx.z) + begin;
#pragma unroll
    for (unsigned first = 0; first < lines * vectors; first += COLUMNS) {
        const unsigned i = first + threadIdx.x, at = i % vectors;
        const unsigned channel = i / vectors / ROWS, y = top + i / vectors % ROWS;
        if (i < lines * vectors && at < line - begin && y < a.height) {
            out[(channel * a.height + y) * line + at] = blank ? *(const Vector*) &a.blank[NHWC ? at % 3 : channel] : ((const Vector*) tile)[i];
        }
    }
}

extern "C" __global__ void __launch_bounds__(COLUMNS, THREADS / COLUMNS) tensor(const __grid_constant__ Arguments a) {
    __shared__ __align__(16) Element tile[3 * ROWS * COLUMNS];
    const int left = blockIdx.x * COLUMNS, top = blockIdx.y * ROWS;
    if (top >= a.bottom || top + ROWS <= a.top || left >= a.right || left + COLUMNS <= a.left) {
        write(a, left, top, true, tile);
        return;
    }
    const int x = min(left + (int) threadIdx.x, a.width - 1);
    const bool across = x >= a.left && x < a.right;
    float channels[ROWS][3];
    sample(a, x, top, channels);
    if (!across || top < a.top || top + ROWS > a.bottom) {
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
            const bool inside = across && top + i >= a.top && top + i < a.bottom;
#pragma unroll
            for (int c = 0; c < 3; c++) {
                channels[i][c] = inside ? channels[i][c] : a.padding[c];
            }
        }
    }
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
#pragma unroll
        for (int c = 0; c < 3; c++) {
            tile[NHWC ? (i * COLUMNS + threadIdx.x) * 3 + c : (c * ROWS + i) * COLUMNS + threadIdx.x] = element(channels[i][c]);
        }
    }
    __syncthreads();
    write(a, left, top, false, tile);
}
