// SPDX-License-Identifier: MIT
using BenchmarkDotNet.Attributes;
using Hypervisor.Machine.Config;

namespace Hypervisor.Benchmarks;

/// <summary>Reading and checking a configuration of ordinary size.</summary>
[MemoryDiagnoser]
public class ConfigBenchmarks
{
    private readonly byte[] _text = """
        [host]
        console = "com1"
        on_all_stopped = "monitor"

        [[vm]]
        name      = "web"
        cpus      = 1
        memory    = "256M"
        kernel    = "vmlinuz"
        initrd    = "initrd.img"
        cmdline   = "console=ttyS0 quiet"
        autostart = true
        on_crash  = "restart"
        weight    = 100
        """u8.ToArray();

    [Benchmark]
    public int Load() =>
        ConfigLoader.Load(
            "hypervisor.toml",
            _text,
            new ConfigEnvironment([new("vmlinuz", 1 << 20), new("initrd.img", 1 << 20)])).Errors.Count;
}
