// SPDX-License-Identifier: MIT
using BenchmarkDotNet.Attributes;
using Hypervisor.Console;

namespace Hypervisor.Benchmarks;

/// <summary>A byte from a guest's serial port to the console.</summary>
[MemoryDiagnoser]
public class ConsoleBenchmarks
{
    private readonly GuestConsole _console = new();
    private readonly byte[] _chunk = new byte[512];
    private long _position;

    [Benchmark]
    public int WriteAndRead()
    {
        for (int i = 0; i < _chunk.Length; i++)
        {
            _console.Write((byte)i);
        }

        return _console.Read(ref _position, _chunk, out _);
    }
}
