// What a kernel of the user's sees of the pictures; put before its text.
struct Picture {
    unsigned char* plane[3];
    int stride[3];       // bytes from one row to the next
    int width, height;   // of plane 0, in pixels
    int chroma_width, chroma_height;
    int planes;
    int bytes;           // of a value: 1, or 2
};
struct Frame {
    Picture in;          // not to be written to
    Picture out;         // of the same size and format
    double time;         // seconds of running time
    long long number;    // of the frame, from 0
    float value[8];      // the stage's parameter values
};
