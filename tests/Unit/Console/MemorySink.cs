// SPDX-License-Identifier: MIT
using System.Text;
using Hypervisor.Console;

namespace Hypervisor.Unit.Console;

/// <summary>Keeps what the console writes.</summary>
internal sealed class MemorySink : ConsoleSink
{
    private readonly byte[] _bytes = new byte[1 << 20];
    private int _length;

    public override void Write(byte value) => _bytes[_length++ & (_bytes.Length - 1)] = value;

    public override void Flush() => Flushed = _length;

    /// <summary>How much had been written at the last flush.</summary>
    public int Flushed { get; private set; }

    /// <summary>What has been written since the last time.</summary>
    public string Take()
    {
        string text = Encoding.Latin1.GetString(_bytes, 0, _length);
        _length = 0;
        return text;
    }

    /// <summary>As <see cref="Take"/>, as a terminal of endless width shows it.</summary>
    public string[] TakeScreen() => Terminal.Render(Take());
}
