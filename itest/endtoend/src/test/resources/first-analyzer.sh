# What stands around the commands of docs/first-analyzer.md when FirstAnalyzerIT runs them: two words of theirs mean
# something else, all the rest is as on the page.
set -eu
unset MAVEN_OPTS # may name another repository

# What it installs was staged by the build of the archetype; all other calls are real.
mvn() {
    if [ "$*" = "-q install -DskipTests" ]; then
        return
    fi
    command "$MAVEN" -s "$SETTINGS" "$@"
}

# Somebody who looks: some seconds of the stream to a file, as brightness alone, once there is a stream.
ffplay() {
    tries=60
    url=$(printf %s "$1" | sed "s/:8554/:$RTSP_PORT/")
    until "$FFMPEG" -hide_banner -nostdin -v error -y -rtsp_transport tcp -i "$url" -frames:v 50 -f rawvideo -pix_fmt gray "$SEEN"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ]
        sleep 0.5
    done
}
