// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using BenchmarkDotNet.Attributes;
using Xunit;

namespace Hypervisor.Benchmarks;

/// <summary>Calls every benchmark once.</summary>
public sealed class SmokeTests
{
    public static IEnumerable<object[]> Benchmarks() =>
        from type in typeof(SmokeTests).Assembly.GetTypes()
        from method in type.GetMethods()
        where method.GetCustomAttribute<BenchmarkAttribute>() != null
        select new object[] { type, method.Name };

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void Benchmark_Runs(Type type, string method) =>
        Assert.NotNull(type.GetMethod(method)!.Invoke(Activator.CreateInstance(type), []));
}
