import java.nio.file.Files
import java.nio.file.Path

// The archetype has the files of all four kinds; those of the one that was asked for stay.

def classes = [analyzer: 'Analyzer', source: 'Source', filter: 'Filter', sink: 'Sink']
def kind = request.properties['kind']
def name = request.properties['name']
def project = Path.of(request.outputDirectory, request.artifactId)

if (!classes.containsKey(kind)) {
    project.toFile().deleteDir()
    throw new IllegalArgumentException("kind = $kind: there is no such kind of plugin; take one of ${classes.keySet()}")
}
if (!(name ==~ /[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*/)) {
    project.toFile().deleteDir()
    throw new IllegalArgumentException("name = $name: a name is words of small letters and digits, such as plate-reader")
}

def folder = request.properties['package'].replace('.', '/')
def stem = request.properties['stem']
(classes.values() - classes[kind]).each { other ->
    Files.delete(project.resolve("src/main/java/$folder/${stem}${other}.java"))
    Files.delete(project.resolve("src/test/java/$folder/${stem}${other}Test.java"))
}
Files.move(project.resolve('gitignore'), project.resolve('.gitignore'))
