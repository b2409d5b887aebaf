package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A library for a startup cache, which takes no class files from before Java 6: they say nothing of
 * the types at a branch, which the VM then works out whenever it loads them. The option parser is
 * built for Java 5. The launcher runs this once for each build.
 */
final class RenewedJar {
    /** The first version whose types at a branch are written down. */
    private static final int MAJOR_MIN = ClassFile.JAVA_6_VERSION;

    private static final int MAJOR_NEW = ClassFile.JAVA_8_VERSION;

    private final JarFile jar;
    private final ClassFile format;

    private RenewedJar(JarFile jar) {
        this.jar = jar;
        // A new pool for each class, or its methods would be copied as they are.
        this.format =
                ClassFile.of(
                        ClassFile.ConstantPoolSharingOption.NEW_POOL,
                        ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                        ClassFile.ClassHierarchyResolverOption.of(
                                ClassHierarchyResolver.ofResourceParsing(this::classFile)
                                        .orElse(ClassHierarchyResolver.defaultResolver())));
    }

    /**
     * @param arguments the jar, which is replaced by the new one in one step
     */
    static void main(String[] arguments) throws IOException {
        renew(Path.of(arguments[0]));
    }

    /** All is in the new jar as it was, but for the class files that are too old. */
    static void renew(Path path) throws IOException {
        Path written = path.resolveSibling(path.getFileName() + ".new");
        try (JarFile jar = new JarFile(path.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(written))) {
            RenewedJar renewed = new RenewedJar(jar);
            for (ZipEntry entry : Collections.list(jar.entries())) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(renewed.content(entry));
                out.closeEntry();
            }
        }
        Files.move(written, path, StandardCopyOption.ATOMIC_MOVE);
    }

    private byte[] content(ZipEntry entry) throws IOException {
        byte[] bytes = jar.getInputStream(entry).readAllBytes();
        if (!entry.getName().endsWith(".class")) {
            return bytes;
        }
        ClassModel model = format.parse(bytes);
        return model.majorVersion() >= MAJOR_MIN ? bytes : renewed(model);
    }

    private byte[] renewed(ClassModel model) {
        return format.transformClass(
                model,
                (builder, element) -> {
                    switch (element) {
                        case ClassFileVersion old -> builder.withVersion(MAJOR_NEW, 0);
                        case MethodModel method ->
                                builder.transformMethod(
                                        method,
                                        MethodTransform.transformingCode(CodeBuilder::with));
                        default -> builder.with(element);
                    }
                });
    }

    private @Nullable InputStream classFile(ClassDesc type) {
        String name = type.descriptorString();
        ZipEntry entry = jar.getEntry(name.substring(1, name.length() - 1) + ".class");
        try {
            return entry == null ? null : jar.getInputStream(entry);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
