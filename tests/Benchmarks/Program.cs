// SPDX-License-Identifier: MIT
using BenchmarkDotNet.Running;

namespace Hypervisor.Benchmarks;

/// <summary>Hands the command line to BenchmarkDotNet.</summary>
internal static class Program
{
    private static void Main(string[] arguments) =>
        _ = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments);
}
