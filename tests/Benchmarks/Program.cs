// SPDX-License-Identifier: MIT
using System;
using System.IO;
using BenchmarkDotNet.Running;

namespace Hypervisor.Benchmarks;

/// <summary>
/// Hands the command line to BenchmarkDotNet. It measures in this process: one of its own would have the host flavour
/// built again. Its reports go beside this program, under artifacts/.
/// </summary>
internal static class Program
{
    private static void Main(string[] arguments)
    {
        string reports = Path.Combine(AppContext.BaseDirectory, "reports");
        _ = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly)
            .Run([.. arguments, "--inProcess", "--artifacts", reports]);
    }
}
