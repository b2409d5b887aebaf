import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Makes a tree of small files, the same each time: 200 in each folder, of 1 to 64 KiB.
 *
 * <pre>Tree FOLDER FILES</pre>
 */
public final class Tree {
    private static final int FOLDER_FILES = 200;
    private static final int LENGTH_MIN_BYTES = 1 << 10;
    private static final int LENGTH_MAX_BYTES = 64 << 10;

    private Tree() {}

    public static void main(String[] words) throws IOException {
        Random random = new Random(7);
        Path root = Files.createDirectory(Path.of(words[0]));
        for (int i = 0; i < Integer.parseInt(words[1]); i++) {
            Path folder = root.resolve(Integer.toString(i / FOLDER_FILES));
            if (i % FOLDER_FILES == 0) {
                Files.createDirectory(folder);
            }
            byte[] content = new byte[random.nextInt(LENGTH_MIN_BYTES, LENGTH_MAX_BYTES + 1)];
            random.nextBytes(content);
            Files.write(folder.resolve(Integer.toString(i)), content);
        }
    }
}
