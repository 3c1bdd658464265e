// SPDX-License-Identifier: MIT
namespace System.IO;

/// <summary>Named by Iced's stream reader; there are no streams.</summary>
public abstract class Stream
{
    public virtual int ReadByte() => Hypervisor.Runtime.ThrowHelper.NotSupported<int>();

    public virtual void WriteByte(byte value) => Hypervisor.Runtime.ThrowHelper.NotSupported<int>();
}
