package org.dmaengine.bench.echo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Netty on its io_uring transport, with one event loop: the echo of its own examples. */
final class NettyEcho implements EchoServer {
    private final MultiThreadIoEventLoopGroup group;

    NettyEcho() {
        if (!IoUring.isAvailable()) {
            throw new UnsupportedOperationException(
                    "Netty's io_uring transport: " + IoUring.unavailabilityCause());
        }
        group = new MultiThreadIoEventLoopGroup(1, IoUringIoHandler.newFactory());
    }

    /** Whatever has come is sent back at once; Netty learns by itself how much that usually is. */
    @Override
    public int listen(int messageBytes) throws InterruptedException {
        Channel server =
                new ServerBootstrap()
                        .group(group)
                        .channel(IoUringServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, 1024)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(new SendBack())
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .sync()
                        .channel();
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    @Sharable
    private static final class SendBack extends ChannelInboundHandlerAdapter {
        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // A void promise tells exceptionCaught.
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            cause.printStackTrace();
            System.exit(1);
        }
    }
}
