// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Xunit;

namespace Hypervisor.Unit.Machine.GuestTables;

/// <summary>A test that needs ACPICA's compiler; skipped, by name, where it isn't installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AcpicaFactAttribute : FactAttribute
{
    public AcpicaFactAttribute()
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            if (File.Exists(Path.Combine(folder, "iasl")))
            {
                return;
            }
        }

        Skip = "iasl (package acpica-tools) is not installed";
    }
}
