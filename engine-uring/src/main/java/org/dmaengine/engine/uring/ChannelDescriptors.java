package org.dmaengine.engine.uring;

import java.io.FileDescriptor;
import java.lang.reflect.Field;
import java.nio.channels.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the file descriptor that a channel of the JDK stands for.
 *
 * <p>There is no public way to it. The JDK's implementations keep it in a private field {@code
 * FileDescriptor fd}, and that class keeps the number in {@code int fd}. {@link PrivateFields}
 * makes just these readable. What that relies on beyond specifications is the names of the six
 * classes and of the two fields, and how {@code Field} remembers that it is accessible: all older
 * than this project, and looked up with their types when the engine opens, so that a JDK that
 * changes them makes {@link #connect} fail and say so. Nothing is guessed: but for a {@link
 * DescriptorChannel}, a channel of any other class, such as a user's own subclass of {@code
 * FileChannel}, has no descriptor here.
 *
 * <p>Immutable; any thread may ask, virtual ones too, since nothing foreign is called.
 */
final class ChannelDescriptors {
    private static final List<String> IMPLEMENTATIONS =
            List.of(
                    "FileChannelImpl",
                    "SourceChannelImpl",
                    "SinkChannelImpl",
                    "SocketChannelImpl",
                    "ServerSocketChannelImpl",
                    "DatagramChannelImpl");

    private final Map<Class<?>, Field> descriptors;
    private final Field number;

    private ChannelDescriptors(Map<Class<?>, Field> descriptors, Field number) {
        this.descriptors = Map.copyOf(descriptors);
        this.number = number;
    }

    /** Links, which takes some 50 ms. */
    static ChannelDescriptors connect() throws UringUnavailable {
        Map<Class<?>, Field> descriptors = new HashMap<>();
        try {
            for (String name : IMPLEMENTATIONS) {
                Class<?> implementation = Class.forName("sun.nio.ch." + name, false, null);
                descriptors.put(implementation, declared(implementation, FileDescriptor.class));
            }
            Field number = declared(FileDescriptor.class, int.class);
            List<Field> all = new ArrayList<>(descriptors.values());
            all.add(number);
            PrivateFields.open(all.toArray(Field[]::new));
            return new ChannelDescriptors(descriptors, number);
        } catch (ReflectiveOperationException changed) {
            throw PrivateFields.unusable(changed.toString());
        }
    }

    private static Field declared(Class<?> owner, Class<?> type) throws NoSuchFieldException {
        Field field = owner.getDeclaredField("fd");
        if (field.getType() != type) {
            throw new NoSuchFieldException(field + " is no " + type);
        }
        return field;
    }

    /** See {@link UringCalls#descriptorOf}. */
    int of(Channel channel) {
        if (channel instanceof DescriptorChannel own) {
            return own.number();
        }
        Field field = descriptors.get(channel.getClass());
        if (field == null) {
            return -Errno.EOPNOTSUPP;
        }
        if (!channel.isOpen()) {
            return -Errno.EBADF;
        }
        int found = number(field, channel);
        // Sockets keep the number of a descriptor that is closed, and it may be another's by now.
        return found < 0 || !channel.isOpen() ? -Errno.EBADF : found;
    }

    private int number(Field field, Channel channel) {
        try {
            return number.getInt(field.get(channel));
        } catch (IllegalAccessException impossible) {
            throw new AssertionError("the field was opened", impossible);
        }
    }
}
