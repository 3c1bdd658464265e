// SPDX-License-Identifier: MIT
using System;
using System.Net;
using System.Net.Sockets;

namespace Hypervisor.Tool.Emulation;

/// <summary>
/// A serial port on a socket of this computer, which the emulator connects to. Unlike a terminal device it loses
/// nothing: who sends waits, and Bochs takes the next character only when its guest has fetched the last one.
/// </summary>
internal sealed class ConsoleSocket : IDisposable
{
    /// <summary>IPPROTO_TCP and TCP_QUICKACK of Linux.</summary>
    private const int TcpLevel = 6;
    private const int QuickAcknowledge = 12;

    private static readonly byte[] s_on = BitConverter.GetBytes(1);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private volatile Socket? _connection;

    public ConsoleSocket()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1);
    }

    /// <summary>Host and port, as the emulator wants them.</summary>
    public string Address => _listener.LocalEndPoint!.ToString()!;

    /// <summary>Waits for the emulator, then for bytes; 0 at the end.</summary>
    public int Receive(Span<byte> buffer)
    {
        try
        {
            Socket connection = _connection ??= AcceptOne();

            // The emulator sends each byte by itself, and the kernel holds the next back until the last was confirmed.
            connection.SetRawSocketOption(TcpLevel, QuickAcknowledge, s_on);
            return connection.Receive(buffer);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _ = _connection?.Send(bytes);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The machine is gone.
        }
    }

    /// <summary>The emulator has ended: one that never connected is not waited for any more.</summary>
    public void StopListening() => _listener.Dispose();

    public void Dispose()
    {
        StopListening();
        _connection?.Dispose();
    }

    private Socket AcceptOne()
    {
        Socket connection = _listener.Accept();
        StopListening();
        return connection;
    }
}
