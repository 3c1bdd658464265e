// SPDX-License-Identifier: MIT
using System.Text;
using Hypervisor.Devices.Backends;

namespace Hypervisor.Unit.Devices;

/// <summary>A console that keeps what was said and has typed what the test gives it.</summary>
internal sealed class TestBackend : CharacterBackend
{
    private readonly ByteRing _input = new(4096);
    private readonly ByteRing _output = new(4096);

    public string Said
    {
        get
        {
            var text = new StringBuilder();
            for (int index = 0; index < _output.Count; index++)
            {
                _ = text.Append((char)_output[index]);
            }

            return text.ToString();
        }
    }

    public int Unread => _input.Count;

    public void Type(string text)
    {
        foreach (char character in text)
        {
            _input.Push((byte)character);
        }
    }

    public override void Write(byte value) => _output.Push(value);

    public override bool TryRead(out byte value) => _input.TryRead(out value);

    public override void DiscardOutput()
    {
    }

    public override void DiscardInput()
    {
        while (_input.TryRead(out _))
        {
        }
    }
}
