// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading;

namespace Hypervisor.Tool.Emulation;

/// <summary>
/// QEMU's machine protocol, as far as a run needs it: why the machine stopped, and that it restarted.
/// </summary>
internal sealed class ControlChannel : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Action<string> _onReset;
    private Thread? _reader;
    private volatile bool _poweredOff;

    private ControlChannel(Action<string> onReset) => _onReset = onReset;

    /// <summary>The machine switched itself off (and was not ended from outside).</summary>
    public bool PoweredOff => _poweredOff;

    /// <summary>
    /// Connects once QEMU listens, and lets it go on; null where <paramref name="hasExited"/> came first.
    /// </summary>
    public static ControlChannel? Connect(string path, Func<bool> hasExited, Action<string> onReset)
    {
        var channel = new ControlChannel(onReset);
        while (true)
        {
            try
            {
                channel._socket.Connect(new UnixDomainSocketEndPoint(path));
                break;
            }
            catch (SocketException) when (!hasExited())
            {
                Thread.Sleep(10);
            }
            catch (SocketException)
            {
                channel.Dispose();
                return null;
            }
        }

        channel.Start();
        return channel;
    }

    /// <summary>Waits until QEMU has closed the channel and everything it said was read.</summary>
    public void WaitForEnd(TimeSpan limit) => _reader?.Join(limit);

    public void Dispose() => _socket.Dispose();

    private void Start()
    {
        var stream = new NetworkStream(_socket);
        stream.Write("{\"execute\":\"qmp_capabilities\"}\n"u8);
        _reader = new Thread(() => Read(stream)) { IsBackground = true, Name = "control" };
        _reader.Start();
    }

    private void Read(Stream stream)
    {
        using var lines = new StreamReader(stream);
        try
        {
            while (lines.ReadLine() is { } line)
            {
                Handle(line);
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The emulator is gone.
        }
    }

    private void Handle(string line)
    {
        using JsonDocument message = JsonDocument.Parse(line);
        if (!message.RootElement.TryGetProperty("event", out JsonElement name))
        {
            return;
        }

        string reason = message.RootElement.TryGetProperty("data", out JsonElement data)
            && data.TryGetProperty("reason", out JsonElement value) ? value.GetString() ?? "" : "";
        if (name.ValueEquals("SHUTDOWN"))
        {
            _poweredOff |= reason == "guest-shutdown";
        }
        else if (name.ValueEquals("RESET") && reason.StartsWith("guest", StringComparison.Ordinal))
        {
            _onReset(reason);
        }
    }
}
