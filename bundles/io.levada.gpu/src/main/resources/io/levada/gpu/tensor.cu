// Pictures to tensors: resized, converted to RGB, normalised, laid out, for a batch, in one pass over memory.
// Built with PACKED, WIDE, COMPONENTS (1 or 3), DTYPE (0: u8, 1: f16, 2: f32) and NHWC.

struct Entry { unsigned short low, high; float part; };
struct Component { const Entry *across, *down; int plane, step, offset, stride; };
struct Arguments {
    Component components[3];
    int width, height;             // of the tensor
    int left, top, right, bottom;  // where there is picture in it
    float unit;
    float black, gain, redByV, greenByU, greenByV, blueByU;
    float scale[3], bias[3];       // of the channels as they are put out
    int swapped;                   // blue first
    unsigned char* out;
    long long pictureBytes;
    const unsigned char* planes[64][3];
};

__device__ __forceinline__ float at(const unsigned char* p) {
#if WIDE
    return *(const unsigned short*) p;
#else
    return *p;
#endif
}

__device__ __forceinline__ float sample(const Component& c, const unsigned char* plane, const Entry& down, int x) {
    const Entry across = c.across[x];
    const unsigned char* above = plane + (long long) down.low * c.stride + c.offset;
    const unsigned char* below = plane + (long long) down.high * c.stride + c.offset;
    const int l = across.low * c.step, r = across.high * c.step;
    float a = at(above + l), b = at(below + l);
    a += (at(above + r) - a) * across.part;
    b += (at(below + r) - b) * across.part;
    return a + (b - a) * down.part;
}

__device__ __forceinline__ float clamp(float v) { return fminf(255.f, fmaxf(0.f, v)); }

#if DTYPE == 0
typedef unsigned char Element;
__device__ __forceinline__ Element element(float v) { return (unsigned char) (int) (v + 0.5f); }
#elif DTYPE == 1
typedef unsigned short Element;
__device__ __forceinline__ Element element(float v) {
    unsigned short h;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(v));
    return h;
}
#else
typedef float Element;
__device__ __forceinline__ Element element(float v) { return v; }
#endif

__device__ __forceinline__ void colours(const Arguments& a, const unsigned char* const* planes, int x, int y, float* rgb) {
    if (x < a.left || x >= a.right || y < a.top || y >= a.bottom) {
        rgb[0] = rgb[1] = rgb[2] = 114.f;
        return;
    }
    const float first = sample(a.components[0], planes[a.components[0].plane], a.components[0].down[y], x) * a.unit;
#if COMPONENTS == 1
    rgb[0] = rgb[1] = rgb[2] = clamp((first - a.black) * a.gain);
#else
    const float second = sample(a.components[1], planes[a.components[1].plane], a.components[1].down[y], x) * a.unit;
    const float third = sample(a.components[2], planes[a.components[2].plane], a.components[2].down[y], x) * a.unit;
#if PACKED
    rgb[0] = first; rgb[1] = second; rgb[2] = third;
#else
    const float bright = (first - a.black) * a.gain, u = second - 128.f, v = third - 128.f;
    rgb[0] = clamp(bright + a.redByV * v);
    rgb[1] = clamp(bright - a.greenByU * u - a.greenByV * v);
    rgb[2] = clamp(bright + a.blueByU * u);
#endif
#endif
}

// Two elements a thread, side by side.
extern "C" __global__ void __launch_bounds__(256) tensor(const Arguments a) {
    const int x = (blockIdx.x * blockDim.x + threadIdx.x) * 2, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= a.width || y >= a.height) {
        return;
    }
    const unsigned char* planes[3] = {a.planes[blockIdx.z][0], a.planes[blockIdx.z][1], a.planes[blockIdx.z][2]};
    Element* out = (Element*) (a.out + a.pictureBytes * blockIdx.z);
    float rgb[2][3];
    colours(a, planes, x, y, rgb[0]);
    const bool both = x + 1 < a.width;
    if (both) {
        colours(a, planes, x + 1, y, rgb[1]);
    }
#pragma unroll
    for (int channel = 0; channel < 3; channel++) {
        const int colour = a.swapped ? 2 - channel : channel;
        const Element e0 = element(rgb[0][colour] * a.scale[channel] + a.bias[channel]);
        const Element e1 = both ? element(rgb[1][colour] * a.scale[channel] + a.bias[channel]) : e0;
#if NHWC
        Element* to = out + ((long long) y * a.width + x) * 3 + channel;
        to[0] = e0;
        if (both) {
            to[3] = e1;
        }
#else
        Element* to = out + ((long long) channel * a.height + y) * a.width + x;
        if ((a.width & 1) == 0) {
            struct __align__(2 * sizeof(Element)) Pair { Element first, second; };
            Pair pair = {e0, e1};
            *(Pair*) to = pair;
        } else {
            to[0] = e0;
            if (both) {
                to[1] = e1;
            }
        }
#endif
    }
}
