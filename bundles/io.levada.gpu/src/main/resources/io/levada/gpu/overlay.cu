// Copies a plane of a picture and paints rectangles on the copy; later ones lie over those before.
// Built with STEP (bytes from one place of the plane to the next), VALUES in a place that are painted, and WIDE (values of 16 bits).

struct __align__(16) Rectangle {
    unsigned short left, top, right, bottom;  // in pixels; right and bottom are behind it
    unsigned char mix[3], components;         // what is painted, and how many of the picture's components
    int unused;
};
struct Arguments {
    const unsigned char* in;
    unsigned char* out;
    const Rectangle* rectangles;
    int count;
    int inStride, outStride;
    int width, height;   // in places
    int shiftX, shiftY;  // how many pixels share a place, as powers of two
    int component;       // the first one of the plane
    int bits;            // by which values of 16 are above those of 8
    int offset[3];       // of its components in a place, bytes
};

__device__ __forceinline__ bool covers(const Arguments& a, const Rectangle& r, int left, int top, int right, int bottom) {
    return r.components > a.component && r.left >> a.shiftX < right && (r.right - 1) >> a.shiftX >= left
            && r.top >> a.shiftY < bottom && (r.bottom - 1) >> a.shiftY >= top;
}

extern "C" __global__ void __launch_bounds__(256) overlay(const __grid_constant__ Arguments a) {
    __shared__ int near[256], found;  // rectangles that touch what this block copies
    const int left = blockIdx.x * blockDim.x, top = blockIdx.y * blockDim.y;
    const int x = left + threadIdx.x, y = top + threadIdx.y, thread = threadIdx.y * blockDim.x + threadIdx.x;
    int last = -1;
    for (int first = 0; first < a.count; first += 256) {
        if (thread == 0) {
            found = 0;
        }
        __syncthreads();
        if (first + thread < a.count && covers(a, a.rectangles[first + thread], left, top, left + blockDim.x, top + blockDim.y)) {
            near[atomicAdd(&found, 1)] = first + thread;
        }
        __syncthreads();
        for (int i = 0; i < found; i++) {
            if (near[i] > last && covers(a, a.rectangles[near[i]], x, y, x + 1, y + 1)) {
                last = near[i];
            }
        }
        __syncthreads();
    }
    if (x >= a.width || y >= a.height) {
        return;
    }
    const unsigned char* from = a.in + (long long) y * a.inStride + x * STEP;
    unsigned char* to = a.out + (long long) y * a.outStride + x * STEP;
#pragma unroll
    for (int i = 0; i < STEP; i++) {
        to[i] = from[i];
    }
    for (int i = 0; last >= 0 && i < VALUES; i++) {
        const int value = a.rectangles[last].mix[a.component + i];
#if WIDE
        *(unsigned short*) (to + a.offset[i]) = value << a.bits;
#else
        to[a.offset[i]] = value;
#endif
    }
}
