package org.dmaengine.engine.uring;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.nio.file.Path;

/**
 * Makes single fields readable that Java's access checks close: what {@link Field#setAccessible}
 * does, for a field in a package that is not open. The Java Native Interface knows no such checks,
 * and whoever may make foreign calls may call its functions, each by its place in the tables of
 * jni.h, which the specification never changes. With {@link NativeUringCalls} this holds the
 * restricted calls of the module.
 *
 * <p>The interface takes references to objects, and a foreign call can pass none. But the interface
 * can be asked for the current thread: that is this object, and the fields to be opened are in a
 * field of it. This thread serves one such request and ends.
 *
 * <p>A local reference belongs to the innermost native method, which here is none: HotSpot drops
 * all of them as soon as any native method returns to Java on this thread, be it one of the JDK
 * (memory is allocated by such). So {@link #open(Arena)} makes first what it needs, and then is one
 * straight piece of code that calls nothing but the interface, through a method handle that is
 * warm: the JDK shapes a handle anew once it was used 127 times, and does that by native methods.
 * For the same reason nothing of this is done for each channel, on threads and under conditions
 * that are the user's: once the fields are open, they are read in plain Java.
 */
final class PrivateFields extends Thread {
    private static final int JNI_VERSION_1_8 = 0x00010008;

    // MethodHandle.customizationCount is a byte, so that by then it has been done.
    private static final int WARM = 256;

    // Place in struct JNIInvokeInterface_.
    static final int GET_ENV = 6;

    // Places in struct JNINativeInterface_.
    static final int FIND_CLASS = 6;
    static final int EXCEPTION_CLEAR = 17;
    static final int DELETE_LOCAL_REF = 23;
    static final int GET_OBJECT_CLASS = 31;
    static final int GET_FIELD_ID = 94;
    static final int GET_OBJECT_FIELD = 95;
    static final int SET_BOOLEAN_FIELD = 105;
    static final int GET_STATIC_METHOD_ID = 113;
    static final int CALL_STATIC_OBJECT_METHOD_A = 116;
    static final int GET_OBJECT_ARRAY_ELEMENT = 173;
    static final int EXCEPTION_CHECK = 228;

    // Nobody looks at it.
    private final MemorySegment state;

    // Read through the interface.
    @SuppressWarnings("UnusedVariable")
    private final Field[] fields;

    // Written by this thread, read by who has joined it.
    private @Nullable Throwable failure;

    private PrivateFields(Field[] fields) {
        super(null, null, "uring-fields", 0, false);
        this.fields = fields;
        this.state = Arena.global().allocate(ForeignCall.STATE);
    }

    /** Makes the fields readable; links, which takes some 50 ms. */
    static void open(Field... fields) throws UringUnavailable {
        // On a thread of its own also because the caller's may be virtual, whose environment is
        // that of its carrier and may change between two calls.
        PrivateFields opening = new PrivateFields(fields);
        opening.start();
        opening.joinUninterruptibly();
        Throwable failure = opening.failure;
        for (Field field : fields) {
            if (failure != null || !field.trySetAccessible()) {
                throw unusable(failure == null ? field + " stays closed" : failure.toString());
            }
        }
    }

    static UringUnavailable unusable(String reason) {
        return new UringUnavailable(
                "the descriptors of channels cannot be known in this JDK: " + reason,
                "run it on a JDK that the project is tested with, or report this one");
    }

    private void joinUninterruptibly() {
        boolean interrupted = false;
        while (isAlive()) {
            try {
                join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try (Arena arena = Arena.ofConfined()) {
            open(arena);
        } catch (Throwable refused) {
            failure = refused;
        }
    }

    private void open(Arena arena) throws Throwable {
        long jni = environment(arena);
        MemorySegment[] to = functions(jni, EXCEPTION_CHECK);
        long threadName = text(arena, "java/lang/Thread");
        long currentThread = text(arena, "currentThread");
        long returnsThread = text(arena, "()Ljava/lang/Thread;");
        long fieldsName = text(arena, "fields");
        long fieldArray = text(arena, "[Ljava/lang/reflect/Field;");
        long accessibleName = text(arena, "java/lang/reflect/AccessibleObject");
        long override = text(arena, "override");
        long isBoolean = text(arena, "Z");
        int count = fields.length;
        for (int n = 0; n < WARM; n++) {
            long _ = call(to[EXCEPTION_CHECK], jni, 0, 0, 0);
        }

        // Nothing but foreign calls until the last one, as said above. Each answers 0 if it fails.
        long thread = call(to[FIND_CLASS], jni, threadName, 0, 0);
        long method =
                thread == 0
                        ? 0
                        : call(to[GET_STATIC_METHOD_ID], jni, thread, currentThread, returnsThread);
        long self = method == 0 ? 0 : call(to[CALL_STATIC_OBJECT_METHOD_A], jni, thread, method, 0);
        long raised = call(to[EXCEPTION_CHECK], jni, 0, 0, 0);
        long type = self == 0 ? 0 : call(to[GET_OBJECT_CLASS], jni, self, 0, 0);
        long held = type == 0 ? 0 : call(to[GET_FIELD_ID], jni, type, fieldsName, fieldArray);
        long accessible = held == 0 ? 0 : call(to[FIND_CLASS], jni, accessibleName, 0, 0);
        long flag =
                accessible == 0 ? 0 : call(to[GET_FIELD_ID], jni, accessible, override, isBoolean);
        long array = flag == 0 ? 0 : call(to[GET_OBJECT_FIELD], jni, self, held, 0);
        for (int n = 0; array != 0 && n < count; n++) {
            long field = call(to[GET_OBJECT_ARRAY_ELEMENT], jni, array, n, 0);
            long _ = call(to[SET_BOOLEAN_FIELD], jni, field, flag, 1);
            long _ = call(to[DELETE_LOCAL_REF], jni, field, 0, 0);
        }
        raised |= call(to[EXCEPTION_CHECK], jni, 0, 0, 0);
        long _ = call(to[EXCEPTION_CLEAR], jni, 0, 0, 0);

        // A jboolean: what is above its eight bits means nothing.
        if (array == 0 || (byte) raised != 0) {
            throw new IllegalStateException("AccessibleObject.override is not there");
        }
    }

    private long call(MemorySegment function, long a, long b, long c, long d) throws Throwable {
        return (long) ForeignCall.SHAPE.invokeExact(function, state, a, b, c, d, 0L, 0L, 0L);
    }

    /** The {@code JNIEnv} of this thread. */
    private long environment(Arena arena) throws Throwable {
        MemorySegment found = arena.allocate(ValueLayout.JAVA_LONG);
        MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
        long listed = call(createdMachines(), found.address(), 1, count.address(), 0);
        if ((int) listed != 0 || count.get(ValueLayout.JAVA_INT, 0) != 1) {
            throw new IllegalStateException("JNI_GetCreatedJavaVMs finds no virtual machine");
        }
        long machine = found.get(ValueLayout.JAVA_LONG, 0);
        MemorySegment getEnv = functions(machine, GET_ENV)[GET_ENV];
        long attached = call(getEnv, machine, found.address(), JNI_VERSION_1_8, 0);
        if ((int) attached != 0) {
            throw new IllegalStateException("GetEnv answers " + (int) attached);
        }
        return found.get(ValueLayout.JAVA_LONG, 0);
    }

    /** In the library that is loaded already, and never unloaded. */
    @SuppressWarnings("restricted") // Being loaded, it runs nothing when it is opened again.
    private static MemorySegment createdMachines() {
        String library = "libjvm.so";
        SymbolLookup symbols;
        try {
            symbols = SymbolLookup.libraryLookup(library, Arena.global());
        } catch (IllegalArgumentException notByName) {
            // musl knows by its path only what was loaded by its path.
            Path path = Path.of(System.getProperty("java.home"), "lib", "server", library);
            symbols = SymbolLookup.libraryLookup(path, Arena.global());
        }
        return symbols.findOrThrow("JNI_GetCreatedJavaVMs");
    }

    /** What the interface calls an object is a pointer to a pointer to its table of functions. */
    @SuppressWarnings("restricted") // Within the tables of every version since JNI 1.6.
    private static MemorySegment[] functions(long object, int placeMax) {
        int count = placeMax + 1;
        MemorySegment table =
                MemorySegment.ofAddress(word(object))
                        .reinterpret(count * ValueLayout.JAVA_LONG.byteSize());
        MemorySegment[] functions = new MemorySegment[count];
        for (int place = 0; place < count; place++) {
            // As a number: an address would be read through method handles of its own.
            long address = table.getAtIndex(ValueLayout.JAVA_LONG, place);
            functions[place] = MemorySegment.ofAddress(address);
        }
        return functions;
    }

    @SuppressWarnings("restricted") // The caller answers for the address.
    private static long word(long address) {
        return MemorySegment.ofAddress(address)
                .reinterpret(ValueLayout.JAVA_LONG.byteSize())
                .get(ValueLayout.JAVA_LONG, 0);
    }

    private static long text(Arena arena, String text) {
        return arena.allocateFrom(text).address();
    }
}
